"""All commands, the options of the program itself, and its statuses. No command is loaded here."""

from gitseal.cli import declare

STATUS_USAGE, STATUS_BUG, STATUS_INTERRUPTED, STATUS_PIPE = 2, 3, 130, 141
# Of a command whose status is an answer (0 yes, 1 no): it could not look, so there is none.
STATUS_NOT_LOOKED = 2

# The sections of the help, in its order. A command lives in the module of its name (`-` as `_`), and the sentence here is
# the first of its own help: the list is shown without loading any of them.
SECTIONS: dict[str, dict[str, str]] = {
    "Start": {
        "init": "Make .secrets here, or make this clone ready to use it.",
        "migrate": "Move a repository from another tool to gitseal.",
        "keygen": "Make a new identity and print its recipient, the public key.",
        "whoami": "Show which identities are at hand and what they open.",
        "doctor": "Show what is set up in this clone and how to mend the rest.",
        "studio": "Open a page on this machine to see, change, compare and review.",
        "completion": "Print the completion script of a shell.",
    },
    "Values": {
        "set": "Set values in one or several environments.",
        "get": "Print one value.",
        "list": "List names without their values.",
        "edit": "Edit an environment as plain YAML in your editor.",
        "restore": "Put an earlier value back in force.",
        "unset": "Remove names, or whole sections, from environments.",
        "rename": "Give a name a new name.",
        "copy": "Copy names, or whole sections, to another environment.",
        "import": "Take all values of a file, a folder, another tool, or a backup.",
        "export": "Write a backup that age opens without gitseal, or a file of sops.",
        "sync": "Copy values between a local .env file and an environment.",
        "diff": "Compare two environments, or two states of one, name by name.",
        "explain": "Show where a value comes from and which services get it.",
        "plain": "Make names readable to everybody, with the rule that says so.",
        "unseal": "Write sealed values as plain text that everybody can read.",
        "env": "Add, list, rename or remove environments.",
    },
    "People": {
        "recipient": "Add, list or remove people and machines, or ask to be added.",
        "access": "Show who can open what now, and who would after a rekey.",
        "rekey": "Seal the files to the people that the policy names.",
        "offboard": "Take somebody out of policy and files, and show what they know.",
        "absorb": "Take over values that others set without being able to read them.",
    },
    "Rotation": {
        "due": "Show which names need a new value.",
        "rotate": "Give a name a new value, here and at its provider.",
        "impact": "Show which names a leak concerns, and what to do first.",
    },
    "Deploy": {
        "render": "Write an environment in the format that a program reads.",
        "run": "Run a command with an environment's values as variables.",
        "template": "Fill in the references in any text file.",
        "publish": "Write an environment to the stores that the policy names for it.",
        "status": "Show what changed since the last recorded deploy.",
        "deployed": "Record which commit an environment was deployed from.",
    },
    "Review": {
        "check": "Check that policy, manifest, environments and Git settings agree.",
        "review": "Explain what a change means for secrets, and every risk in it.",
        "log": "Show who set, changed or removed which name, and when.",
        "verify": "Check that every change of secrets is signed by someone allowed.",
        "approve": "Approve a change of secrets that somebody else made.",
        "resolve": "Finish a merge that stopped at a sealed file, name by name.",
        "schema": "Print the JSON Schema of policy.yaml or manifest.yaml.",
    },
    "Hooks": {
        "hook": "Keep plaintext out of commits with Git's hooks.",
        "scan": "Look for plaintext in files and in commits.",
    },
}
COMMANDS = {name: words for section in SECTIONS.values() for name, words in section.items()}


def module_name(command: str) -> str:
    """The module of a command: words that Python keeps for itself or its library get an underscore."""
    return {"import": "import_", "list": "list_", "set": "set_"}.get(command, command)


PROGRAM = declare.Group(
    "gitseal",
    """Keep a team's secrets in Git.

    Names are readable, and each value is sealed to the people who may open it. gitseal takes your identity from --identity,
    GITSEAL_IDENTITY (its text) or GITSEAL_IDENTITY_FILE. Without these it looks in the usual places: see gitseal whoami.

    gitseal help COMMAND shows the help of a command, with examples.
    """,
    {name: f"gitseal.cli.{module_name(name)}" for name in COMMANDS},
)
PROGRAM.alone = "gitseal.cli.overview"
PROGRAM.options = (
    declare.Option(("-C", "folder"), {"metavar": "DIR", "help": "Work as if started in DIR."}),
    declare.Option(
        ("--identity",), {"metavar": "FILE", "help": "The only identity to use: an identity file or SSH private key."}
    ),
)
