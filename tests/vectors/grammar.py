"""Every construct that the grammar refuses, one each, with its line; and some that it takes, beside them."""

from collections.abc import Iterator

from tests.vectors.build import TITLE, File, Vector

# What stands from line 3 on, the line that is refused, and why.
REFUSED: dict[str, tuple[str, int, str]] = {
    "nul": ("A: a\0b", 3, "NUL"),
    "control": ("A: a\x1bb", 3, "a control character"),
    "delete": ("A: a\x7fb", 3, "DEL"),
    "c1": ("A: a\x9fb", 3, "a C1 control character"),
    "nel": ("A: a\x85b", 3, "NEL"),
    "line-separator": ("A: a\u2028b", 3, "U+2028"),
    "paragraph-separator": ("# a\u2029b", 3, "U+2029, in a comment"),
    "bidi": ("A: a\u202eb", 3, "a character that turns the direction of text"),
    "zero-width": ("A: a\u200bb", 3, "a character that does not show"),
    "byte-order-mark-within": ("A: a\ufeffb", 3, "U+FEFF within a line"),
    "noncharacter": ("A: a\uffffb", 3, "a noncharacter"),
    "lone-cr": ("A: a\rB: b", 3, "a carriage return without a line feed"),
    "tab-indentation": ("A:\n\tB: b", 4, "a tab as indentation"),
    "tab-before-comment": ("A: a\t# b", 3, "a tab in a plain text"),
    "tab-after-colon": ("A:\tb", 3, "a tab after the colon"),
    "anchor": ("A: &x a", 3, "an anchor"),
    "alias": ("A: *x", 3, "an alias"),
    "tag": ("A: !!str a", 3, "a tag"),
    "merge": ("<<: a", 3, "a merge key"),
    "complex-name": ("? A", 3, "a complex name"),
    "flow-list": ("A: [a, b]", 3, "a filled flow list"),
    "flow-mapping": ("A: {a: b}", 3, "a filled flow mapping"),
    "flow-spaced": ("A: [ ]", 3, "an empty flow list that is not []"),
    "literal": ("A: |\n  a", 3, "a literal block"),
    "folded": ("A: >-\n  a", 3, "a folded block"),
    "directive": ("%YAML 1.1", 3, "a directive"),
    "document-start": ("---", 3, "a document start"),
    "document-end": ("...", 3, "a document end"),
    "document-start-inline": ("--- a", 3, "a document start with a value"),
    "continued": ("A: a\n  b", 4, "a value that goes on in the next line"),
    "continued-twice": ("A:\n  a\n  b", 5, "a value of two lines"),
    "continued-quoted": ('A: "a\n  b"', 3, "a quoted text of two lines"),
    "later": ("A:\n\n  a", 5, "a blank line between name and value"),
    "commented": ("A:\n  # b\n  a", 5, "a comment between name and value"),
    "twice": ("A: a\nB: b\nA: c", 5, "a name that stands twice"),
    "twice-quoted": ("A: a\n'A': b", 4, "a name that stands twice, once in quotes"),
    "twice-in-section": ("s:\n  A: a\n  A: b", 5, "a name that stands twice in a section"),
    "conflict-ours": ("<<<<<<< HEAD\nA: a", 3, "a conflict marker"),
    "conflict-base": ("||||||| base\nA: a", 3, "a conflict marker"),
    "conflict-middle": ("=======\nA: a", 3, "a conflict marker"),
    "conflict-theirs": (">>>>>>> x\nA: a", 3, "a conflict marker"),
    "name-digit": ("1A: a", 3, "a name that begins with a digit"),
    "name-space": ('"A B": a', 3, "a name with a space"),
    "name-slash": ('"A/B": a', 3, "a name with a slash"),
    "name-unicode": ("É: a", 3, "a name outside of ASCII"),
    "name-empty": ('"": a', 3, "an empty name"),
    "name-long": ("A" * 129 + ": a", 3, "a name of 129 characters"),
    "name-yes": ("yes: a", 3, "a name that some parsers read as a boolean"),
    "name-null": ("Null: a", 3, "a name that some parsers read as null"),
    "deep": ("".join("  " * depth + f"a{depth}:\n" for depth in range(9)).rstrip("\n"), 11, "nine levels"),
    "indented-oddly": ("A:\n    B: b\n  C: c", 5, "an indentation between two levels"),
    "indented-first": ("  A: a\nB: b", 3, "an indentation at the top"),
    "no-colon": ("A", 3, "a line without a colon"),
    "no-blank-after-colon": ("A:b", 3, "no blank after the colon"),
    "list-at-top": ("- a", 3, "a list at the top"),
    "list-of-mappings": ("A:\n  - B: b", 4, "a mapping in a list"),
    "list-empty-item": ("A:\n  -\n  - a", 4, "a list item without a value"),
    "colon-space": ("A: a: b", 3, "a plain text with a colon and a space"),
    "colon-end": ("A: a:", 3, "a plain text that ends with a colon"),
    "unclosed-double": ('A: "a', 3, "an unclosed double quote"),
    "unclosed-single": ("A: 'a", 3, "an unclosed single quote"),
    "after-quoted": ('A: "a" b', 3, "text after a quoted text"),
    "after-quoted-comment": ('A: "a"# b', 3, "a comment without a blank before it"),
    "escape": (r'A: "\q"', 3, "an unknown escape"),
    "escape-yaml-only": (r'A: "\e"', 3, "an escape that JSON does not have and that is not read"),
    "escape-surrogate": (r'A: "\ud800"', 3, "an escape that names a surrogate"),
    "escape-beyond": (r'A: "\U00110000"', 3, "an escape that names no character"),
    "indicator": ("A: @a", 3, "a plain text that begins with an indicator"),
    "dash": ("A: -a", 3, "a plain text that begins with a dash"),
    "no-break-space": ("A: a\xa0b", 3, "a plain text with another space"),
    "boolean-yes": ("A: yes", 3, "a word that YAML 1.1 reads as a boolean"),
    "boolean-true": ("A: True", 3, "a boolean in another spelling"),
    "null-tilde": ("A: ~", 3, "null in another spelling"),
    "octal": ("A: 0755", 3, "a number that YAML 1.1 reads as octal"),
    "octal-new": ("A: 0o755", 3, "a number that YAML 1.2 reads as octal"),
    "hexadecimal": ("A: 0x1F", 3, "a hexadecimal number"),
    "underscores": ("A: 1_000", 3, "a number with underscores"),
    "sexagesimal": ("A: 1:30", 3, "a number that YAML 1.1 reads in base 60"),
    "long-integer": ("A: 1000000000000000000", 3, "an integer of 19 digits"),
    "exponent": ("A: 1e3", 3, "a number with an exponent"),
    "dot-number": ("A: .5", 3, "a number without a digit before the point"),
    "infinity": ("A: .inf", 3, "infinity"),
    "plus": ("A: +1", 3, "a number with a plus"),
    "minus-zero": ("A: -0", 3, "minus zero"),
    "date": ("A: 2001-01-01", 3, "a date"),
    "timestamp": ("A: 2001-01-01 10:00:00", 3, "a timestamp"),
}  # fmt: skip


def vectors() -> Iterator[Vector]:
    file = File("grammar")
    header = f"gitseal:\n  version: 1\n  id: {file.id}\n  environment: production\n"
    for name, (text, line, about) in REFUSED.items():
        yield Vector(
            f"grammar-{name}", about, [f"refused: file malformed {line}"], f"{TITLE}{text}\n\n{header}".encode()
        )
    marked = b"\xef\xbb\xbf" + (TITLE + header).encode()
    yield Vector("grammar-byte-order-mark", "a byte order mark", ["refused: file malformed 1"], marked)
    latin = (TITLE + "A: Gr").encode() + b"\xfc" + f"n\n\n{header}".encode()
    yield Vector("grammar-latin-1", "a byte that is not UTF-8", ["refused: file malformed 3"], latin)
    twice = header.replace("  version: 1\n", "  version: 1\n  version: 1\n")
    yield Vector(
        "grammar-twice-in-header",
        "a field of the header that stands twice",
        ["refused: file malformed 5"],
        (TITLE + twice).encode(),
    )
    both = (TITLE + header + header).encode()
    yield Vector("grammar-two-headers", "two headers", ["refused: file malformed 7"], both)
