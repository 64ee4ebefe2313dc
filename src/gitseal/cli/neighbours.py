"""Words of other tools for what gitseal does, and ours for it: from sops, git-crypt, git-secret, dotenvx, pass and shells."""

# The words of a command here that take the same arguments, or nearly.
SAME: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("add", "put", "insert", "store", "write", "create", "new", "update", "save"), ("set",)),
    **dict.fromkeys(("delete", "del", "rm", "remove", "drop"), ("unset",)),
    **dict.fromkeys(("show", "cat", "read", "print", "reveal", "view", "value", "extract"), ("get",)),
    **dict.fromkeys(("ls", "keys", "names", "tree", "find", "search"), ("list",)),
    **dict.fromkeys(("vi", "vim", "edit-file", "modify", "change"), ("edit",)),
    **dict.fromkeys(("mv", "move"), ("rename",)),
    **dict.fromkeys(("renew", "regenerate", "roll", "cycle"), ("rotate",)),
    **dict.fromkeys(("cp", "clone"), ("copy",)),
    **dict.fromkeys(("exec", "exec-env", "exec-file", "with", "spawn", "start"), ("run",)),
    **dict.fromkeys(("backup", "archive"), ("export",)),
    **dict.fromkeys(("load", "ingest", "bulk"), ("import",)),
    **dict.fromkeys(("inject", "substitute", "envsubst"), ("template",)),
    **dict.fromkeys(("updatekeys", "update-keys", "reencrypt", "re-encrypt", "reseal", "share"), ("rekey",)),
    **dict.fromkeys(("add-recipient", "add-person", "add-gpg-user", "adduser", "tell", "invite"), ("recipient", "add")),
    **dict.fromkeys(("grant", "allow", "trust", "add-key", "add-machine"), ("recipient", "add")),
    **dict.fromkeys(("remove-recipient", "rm-recipient", "removeperson", "killperson"), ("recipient", "remove")),
    **dict.fromkeys(("revoke", "kick"), ("recipient", "remove")),
    **dict.fromkeys(("recipients", "members", "people", "users", "whoknows", "team"), ("recipient", "list")),
    **dict.fromkeys(("envs", "environments", "environment"), ("env", "list")),
    **dict.fromkeys(("push", "upload"), ("sync", "push")),
    **dict.fromkeys(("pull", "download"), ("sync", "pull")),
    **dict.fromkeys(("history", "blame", "audit", "who"), ("log",)),
    **dict.fromkeys(("rollback", "revert", "undo"), ("restore",)),
    **dict.fromkeys(("overdue", "expired", "stale", "expire"), ("due",)),
    **dict.fromkeys(("validate", "lint"), ("check",)),
    **dict.fromkeys(("compare",), ("diff",)),
    **dict.fromkeys(("why", "where", "origin"), ("explain",)),
    **dict.fromkeys(("identity", "id", "me"), ("whoami",)),
    **dict.fromkeys(("key", "genkey", "gen-key", "keypair", "generate-key"), ("keygen",)),
    **dict.fromkeys(("setup", "unlock"), ("init",)),
    **dict.fromkeys(("merge", "mergetool"), ("resolve",)),
    **dict.fromkeys(("install", "install-hook", "install-hooks", "hooks", "precommit", "protect"), ("hook", "install")),
    **dict.fromkeys(("detect", "leaks"), ("scan",)),
    **dict.fromkeys(("deploy", "release"), ("deployed",)),
    **dict.fromkeys(("completions",), ("completion",)),
}

# The same for the commands of a group, such as `env rm`: the first of these that the group has.
BELOW: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("rm", "delete", "del", "drop", "revoke"), ("remove", "uninstall")),
    **dict.fromkeys(("create", "new", "grant", "invite"), ("add",)),
    **dict.fromkeys(("ls", "show"), ("list", "status")),
    **dict.fromkeys(("mv", "move"), ("rename",)),
    **dict.fromkeys(("enable", "setup", "add"), ("install",)),
    **dict.fromkeys(("disable", "remove"), ("uninstall",)),
    **dict.fromkeys(("upload", "import"), ("push",)),
    **dict.fromkeys(("download", "export"), ("pull",)),
}

_OPENING = '"get" prints one value, "render" writes all of them, and "edit" opens them in your editor'
_SEALING = '"set" seals one value, and "import" seals all values of a file'
# Words for what several commands of ours do between them: a sentence that tells them apart, and the one whose help to read.
DIVIDED: dict[str, tuple[str, tuple[str, ...]]] = {
    **dict.fromkeys(("decrypt", "open", "dec"), (_OPENING, ("render",))),
    **dict.fromkeys(("encrypt", "seal", "lock", "hide", "enc"), (_SEALING, ("import",))),
    **dict.fromkeys(
        ("dump", "printenv", "output"),
        ('"render" writes an environment in the format that a program reads', ("render",)),
    ),
    **dict.fromkeys(("plaintext", "expose", "unprotect"), ('"unseal" writes sealed values as plain text', ("unseal",))),
}
