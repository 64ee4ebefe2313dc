"""All commands, the options of the program itself, and its statuses. No command is loaded here."""

from gitseal.cli import declare

STATUS_USAGE, STATUS_BUG, STATUS_INTERRUPTED, STATUS_PIPE = 2, 3, 130, 141

# In the order of the help. Each lives in the module of the same name (`-` as `_`).
COMMANDS: dict[str, str] = {
    "keygen": "A new identity; prints its recipient.",
    "init": "A new .secrets folder, or a clone of one made ready.",
    "whoami": "Which identities are at hand and what they open.",
    "env": "Environments: add, list, rename, remove.",
    "set": "Set values.",
    "get": "Print one value.",
    "list": "List names, without values.",
    "unset": "Take names out.",
    "rename": "Give a name another one.",
    "copy": "Copy values to another environment.",
    "edit": "Edit an environment as plain YAML.",
    "absorb": "Take over write-only values.",
    "unseal": "Write a sealed value plain, where a rule says so.",
    "diff": "Compare two environments, or two states of one.",
    "render": "Write an environment as its consumer reads it.",
    "run": "Run a command with an environment set.",
    "template": "Resolve the references in any text file.",
    "explain": "Where a value comes from, and who gets it.",
    "import": "Take values from a dotenv, JSON or YAML file.",
    "sync": "A local .env pushed into an environment, or pulled out of it.",
    "recipient": "People and machines: add, remove, list.",
    "resolve": "Bring a conflict to its end, name by name.",
    "rekey": "Bring files to the policy: who gains, who loses.",
    "log": "Who set, changed or removed which name, and when.",
    "status": "What changed since the last recorded deploy.",
    "deployed": "Record what an environment was deployed from.",
    "check": "Hold policy, environments and Git's view against each other.",
    "review": "What a change means for secrets, and every risk in it.",
    "verify": "Hold the commits that change secrets against signatures.",
    "approve": "Approve a change of secrets that somebody else made.",
    "schema": "The JSON Schema of policy.yaml or manifest.yaml.",
    "doctor": "What is armed in this clone, and what mends the rest.",
    "hook": "Keep plaintext out of commits: Git's hooks.",
    "scan": "Look for plaintext in commits and in files.",
    "completion": "Completion for bash, zsh or fish.",
}


def module_name(command: str) -> str:
    """The module of a command: words that Python keeps for itself or its library get an underscore."""
    return {"import": "import_", "list": "list_", "set": "set_"}.get(command, command)


PROGRAM = declare.Group(
    "gitseal",
    """Keep a team's secrets in Git: names readable, each value sealed to those who may open it.

    An identity is taken from --identity, GITSEAL_IDENTITY (its text) or GITSEAL_IDENTITY_FILE, and where none of these is
    given from the usual places: see gitseal whoami.
    """,
    {name: f"gitseal.cli.{module_name(name)}" for name in COMMANDS},
)
PROGRAM.options = (
    declare.Option(("-C", "folder"), {"metavar": "DIR", "help": "Work as if started in DIR."}),
    declare.Option(
        ("--identity",), {"metavar": "FILE", "help": "The only identity to use: an identity file or SSH private key."}
    ),
)
