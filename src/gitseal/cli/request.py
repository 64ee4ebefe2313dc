"""`gitseal recipient request`."""

from gitseal.cli import declare, output
from gitseal.cli.session import Session
from gitseal.cli.talk import say


@declare.command("request")
@declare.option(
    "--as", "name", default="", metavar="NAME", help="Your name in the policy. Without it: from Git's user.email."
)
@declare.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="A public key of yours; may repeat. Without it: your identity's.",
)
def command(session: Session, name: str, keys: tuple[str, ...]) -> None:
    """Ask to be let in, by a commit on a branch that becomes a pull request.

    It puts your public key into gitseal-requests/NAME, in a commit on the branch join/NAME. Your working tree, your index and the
    branch you are on stay as they are. It prints the branch; you push it and open a pull request.

    Whoever may change the policy takes it up with gitseal recipient add --from-request. The request itself opens nothing.

    Examples:
      gitseal recipient request --as dave --key age1rf2ha5594kary7skq0tsfxa79ux6axt333r8z2pxwxc8tez9g54se53jmm
    """
    from gitseal.project.introducing import admission, people, place_to_join
    from gitseal.project.membership import membership
    from gitseal.recipients.fingerprint import fingerprint
    from gitseal.report.hints import command as shell
    from gitseal.usecases import init
    from gitseal.usecases.request import request

    named = name or init.default_name(session.start)[0]
    made = request(session.project, session.keyring, named, keys)
    for key in made.keys:
        say(f"{named} asks to be let in with {key}", f"  fingerprint {fingerprint(key)}")
    output.line(made.branch)
    if not made.is_new:
        say("this request was made before, and nothing has changed")
    if made.remote:
        push = shell("git push {} {}", made.remote, made.branch).as_text()
        say(f"push it, and open a pull request: {push}")
    else:
        say(f"this repository has no remote, so hand the branch {made.branch} over by hand")
    seen = f"{made.remote}/{made.branch}" if made.remote else made.branch
    # Whoever asks in somebody else's name gives no address of their own.
    own_name, own_email = init.newcomer(session.start)
    email = own_email if own_name == named else ""
    add = admission(session.project.policy, ("--from-request", seen), email)
    admins = membership(session.project, session.keyring).admits
    decides = "" if place_to_join(session.project.policy)[1] else ", decides what you are to open"
    say(f"then {people(admins)} asks you whether the fingerprint is yours{decides}, and runs: {add} && gitseal rekey")
