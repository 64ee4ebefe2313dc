"""Why a neighbour is faster or smaller, by the title of a row; the page shows what this run calls for."""

_START = (
    "They are compiled programs of a few milliseconds; gitseal is a Python program whose start and libraries take most "
    "of its time."
)

WHY = {
    "open one of 100 names": (
        f"{_START} All but sops and fnox decrypt the whole file for one name, which costs little for 100 of them."
    ),
    "render 100 names": f"{_START} No dialect is looked after either: what they print is what was put in.",
    "render 1,000 names": (
        "age, git-crypt and secretspec open one block, which costs next to nothing; sops opens values under one key, and "
        "ejson boxes under one that it computes once. gitseal's start is still half of its time."
    ),
    "render 10,000 names": (
        "One block, however many names are in it. gitseal derives a key for each value and checks its name, so that a "
        "value moved to another name does not open; a file sealed whole has no such thing to check, and no line of it "
        "can be reviewed."
    ),
    "render 100,000 names": "As for 10,000 names.",
    "set one of 100 names": (
        "Compiled programs again, and they look at less: gitseal reads policy and manifest, asks Git what the trusted "
        "branch says, and writes through a journal."
    ),
    "add a recipient, 100 names": (
        "gitseal takes two commands, two starts of Python. It also asks Git whom this clone believes, so that nobody is "
        "added whose key somebody slipped in, and writes all files or none."
    ),
    "remove a recipient, 100 names": (
        "As for adding. What the others seal again is one file; gitseal also looks at every version in the history for data "
        "keys that the person held."
    ),
    "merge two branches that set neighbours": (
        "Git merges their lines without any program of theirs. fnox writes the names of an env file in no order, so that two "
        "neighbours seldom stand on lines that touch, and then merge as distant names do. gitseal starts Python three times: "
        "the driver, and its hooks before the merge is committed, which look for plaintext in what it brings."
    ),
    "merge two branches that set distant names": (
        "Git merges these lines without any program, and would gitseal's too. It starts Python three times all the "
        "same: the driver, for what two branches did to one name, and its hooks, which look for plaintext."
    ),
    "which of 10 commits set a name": (
        "A name that stands in clear on its line is found by `git log -G` alone. gitseal also tells who did it, what "
        "happened to the name, and who could open it."
    ),
    "import an application's env file": (
        "They seal the file as it is, in one block or line by line. gitseal reads it as an env reader would, warns of "
        "what readers read differently, and seals each value."
    ),
    "hook, one file staged": (
        "gitleaks is compiled. gitseal starts Python, and also looks for the team's own values and at the sealed files."
    ),
    "hook, 2,000 files staged": (
        "gitleaks is compiled and uses all cores; dotenvx looks at the names of env files alone, and at no content. gitseal "
        "also looks for the team's own values."
    ),
    "look for plaintext in 2,000 commits": (
        "gitleaks is compiled and uses all cores. gitseal also looks for the team's own values in several encodings."
    ),
    "bytes of the file, 100 names": (
        "age, git-crypt and secretspec seal one block, in which no name can be read. Of those that seal each value, gitseal "
        "alone pads it to one of a few lengths, so that its length tells little, and has the key's name in it, so that two "
        "branches can merge."
    ),
}
