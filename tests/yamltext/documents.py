"""Documents in and around the grammar, for the laws: whole ones in every spelling, and lines put together from awkward pieces."""

from hypothesis import strategies as st

NAMES = (
    "A", "B", "DB_URL", "a.b", "a-b", "_", "x" * 128, "x" * 129, "e5", "E0", "inf", "nan", "NaN", "Inf", "_1", "0x",
    "t", "f", "yes", "No", "ON", "y", "n", "null", "Null", "true", "TRUE", "~", "<<", "=", '"yes"', "'no'", '"A"',
    "'B'", '"a b"', '""', "1", "-1", "1.5", "2001-01-01", "gitseal", '"gitseal"', "é", "-", "?", "- A", "? A", "A B",
    '"A', "A'", "[A]", "{A}", "&A", "*A",
)  # fmt: skip
SCALARS = (
    "x", "hello world", "a:b", "a: b", "a :b", "a#b", "a #b", "#", "a,b", "[", "]", "{", "}", "[]", "{}", "[a]",
    "{a: b}", "[a, b]", "0", "-0", "+0", "1", "-1", "+1", "007", "08", "0o17", "0x1F", "0b11", "1_000", "_1", "1,000",
    "1:30", "1:30:15", "190:20:30", "999999999999999999", "1000000000000000000", "9223372036854775808", "1.0", "1.",
    ".5", "-.5", "+.5", "1e3", "1E+3", "1.5e3", "1.5e+3", "-1.25", "0.1", "00.1", "1.0.0", "1.2.3.4", ".inf", "-.inf",
    "+.INF", ".nan", ".NaN", "inf", "nan", "Infinity", ".", "..", "...", "---", "--- a", "-", "- a", "-a", "--", "?",
    "? a", "?a", ":", ": a", ":a", "::", "a:", "a::b", "!", "!a", "!!str a", "&a", "&a b", "*a", "@a", "`a", "%a",
    "%YAML 1.1", "|", "|-", ">", ">-", "<<", "=", "<", "a|b", "a>b", "~", "~a", "null", "Null", "NULL", "nULL",
    "true", "True", "TRUE", "false", "False", "yes", "Yes", "no", "on", "off", "y", "n", "Y", "N", "t", "f",
    "2001-01-01", "2001-1-1", "2001-01-01T00:00:00Z", "2001-01-01 00:00:00", "2001-01-01t1:2:3.5 +1", "12:30", "1-1",
    "1e", "e1", '"x"', "'x'", '""', "''", '"a\\nb"', '"a\\tb"', '"\\x41\\u00e9\\U0001F600"', '"\\ud800"', '"\\0"',
    '"\\e"', '"\\ "', '"a#b"', '"a # b"', '"a: b"', "'a: b'", "'it''s'", "'a\\n'", '"a"b"', '"a" b', "'a' b", "'a'#b",
    '"a" #b', '"a"', "'a'b'", '"\\"', '"\\\\"', "''''", "'''", '"\t"', "a\tb", "a\t", "é", "日本", "😀", "\xa0", "a\xa0",
    "\u2007", "\u3000a", "\u00ad", "\u200b", "\ufeff", "\u2028", "\x85", "\x7f", "\ufffe", "a  b", "a  #b", "a\\b",
    "\\", "\\n", "$x", "${A}", "ENC[v1,s,default:k,AA==]", "a]", "a}", "a, b: c", "0e0", "0E", "1__0", "0_", "0.",
    "-", "+", "-.", "+.", "1+1", "1-", "0x", "0o", "0b", "0xg", "1T", "1Z", "1 2", "1, 2", "-1 ", "5e-1", "1e400",
    "123456789012345.123456789012345", "1.1234567890123456", "0.30000000000000004", "5.", "1.5.", "12e03", "-2E05",
    "0:0",
)  # fmt: skip
FLOWS = (
    "[a, b]", "[a,b]", "[a, b, ]", "[ a ]", "[]", "[ ]", "{}", "{ }", "{a: b}", "{a: b, c: d}", "{a:b}", "{a: }",
    "{a}", "{a: b,}", "[,]", "[a,,b]", "[a b, c]", "['a', \"b\"]", "['a, b']", "[a: b]", "[{a: b}]", "{a: [b, c]}",
    "{a: {b: {c: {d: e}}}}", "[[[[a]]]]", "[[[[[a]]]]]", "[a]b", "[a] b", "[a] # c", "[a]# c", "[a", "a]", "{a: b",
    "[a:b]", "[a#b]", "[a #b]", "[a # b]", "[:]", "[a:]", "[::a]", "[http://x]", "[http://x, y]",
    "[1, 2.5, true, null]", "[yes]", "{yes: a}", '{"yes": a}', '{"a":b}', '{"a": b}', "{'a':b}", "{a: 'b'}",
    "{a: b c}", "[a*, *]", '["*", "A_*"]', "[*a]", "[&a]", "[!a]", "[-]", "[- a]", "[-a]", "[?]", "[? a]", "[?a]",
    "[@a]", "[%a]", "[|]", "[>]", "[=]", "[ 'a' b ]", "['a'b]", "['a'  , b]", "[a ,b]", "{a : b}", "{a  : b}",
    "{'a' : b}", "{a:  b}", "{a: b: c}", "{a: :b}", "{a: b:c}", "{a: b:}", "[\ta]", "[a\t]", "[a\tb]", "[a,\tb]",
    "[\xa0a]", "[a\xa0]", "[é]", "[\u3000]", "{a: [}", "{a: ]}", "[a}", "{a: b]", "[{]", "[~]", "[.]", "[..]",
    "[---]", "[...]", "[--- a]", '["a\\nb"]', "[a\\n]", "[ENC[a]]", "[ssh-ed25519 AAAA+b/c==]",
    '["ssh-ed25519 AAAA", age1x]', "[a, [b], {c: d}]", "{a: b, a: c}", "{[a]: b}", "{? a: b}", "{a: b, [c]: d}",
    "{: a}", "{a, b: c}", "[a: b, c]", '["a": b]', "[]]", "{}}", "[] x", "{} # y",
    "[team, what?]", "[a?b]", "{a: b?}", "[http://x?y]", "[a ? b]", "[a -, b]", "[a -]", "{a: b -}", '["a?"]', "[a - b]",
)  # fmt: skip

_any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
names = st.one_of(
    st.sampled_from(NAMES[:24]), st.sampled_from(NAMES), st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,5}", fullmatch=True)
)
_plain_soup = st.text(st.sampled_from("ab1 0.-_:,#'\"[]{}\\xeEtT+~!&*?|>%@=<é/"), min_size=1, max_size=9)
_number_soup = st.text(st.sampled_from("0123456789.eE+-_:xob"), min_size=1, max_size=8)
_flow_soup = st.text(st.sampled_from("ab[]{},: #'\"1-?*&\t"), min_size=1, max_size=12).map(lambda soup: "[" + soup)
scalars = st.one_of(st.sampled_from(SCALARS), _plain_soup, _number_soup, _any_text, st.sampled_from(FLOWS), _flow_soup)
comments = st.sampled_from(["", "", "", "", " # c", "  #c: d", "#c", " #", "\t# c", " # é 'a", " "])
_indents = st.sampled_from([0, 0, 0, 2, 2, 2, 1, 3, 4, 4, 6, 8])


@st.composite
def lines(draw: st.DrawFn) -> str:
    """One line, most often a name with a value."""
    indent = " " * draw(_indents)
    form = draw(st.integers(0, 11))
    if form == 0:
        return indent + draw(st.sampled_from(["", "# c", "#", " ", "# a: b", "\t", "\t# c", "#\tc"]))
    if form == 1:
        return f"{indent}{draw(scalars)}{draw(comments)}"
    if form <= 3:
        inner = draw(scalars) if form == 2 else f"{draw(names)}: {draw(scalars)}"
        return f"{indent}-{draw(st.sampled_from([' ', ' ', '  ', '']))}{inner}{draw(comments)}"
    if form <= 6:
        return f"{indent}{draw(names)}:{draw(comments)}"
    gap = draw(st.sampled_from([" ", " ", " ", "  ", "", "\t"]))
    colon = draw(st.sampled_from([":", ":", ":", ":", " :"]))
    return f"{indent}{draw(names)}{colon}{gap}{draw(scalars)}{draw(comments)}"


@st.composite
def soups(draw: st.DrawFn) -> bytes:
    """Lines one below the other, whatever that gives."""
    eol = draw(st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"]))
    text = eol.join(draw(st.lists(lines(), max_size=7)))
    return (text + draw(st.sampled_from(["", eol, eol * 2]))).encode()


_good_scalars = st.one_of(
    st.sampled_from(
        [
            "x",
            "hello world",
            "a:b",
            "a#b",
            "1",
            "-1",
            "1.5",
            "true",
            "null",
            '"x"',
            "'it''s'",
            '"a\\nb"',
            '"a # b"',
            "{}",
            "[]",
        ]
    ),
    st.sampled_from(
        ["ENC[v1,s,default:k00112233445566778899aabbccddeeff,AAAA]", "é", "a  b", "https://x/y?z=1", '"1"', "'null'"]
    ),
)
_good_names = st.one_of(
    st.from_regex(r"[A-Z_][A-Z0-9_]{0,3}", fullmatch=True),
    st.sampled_from(["a.b", "a-b", '"yes"', "'on'", '"Q"', "'R'", "e1"]),
)
_good_flows = st.recursive(
    st.sampled_from(["a", "a b", "'a, b'", '"c"', "1", "true", "a-b*", "x:y", "[]"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.lists(inner, max_size=2).map(
            lambda items: "{" + ", ".join(f"k{at}: {item}" for at, item in enumerate(items)) + "}"
        ),
    ),
    max_leaves=4,
)


@st.composite
def _block(draw: st.DrawFn, indent: int, depth: int, *, policy: bool) -> list[str]:
    out: list[str] = []
    pad = " " * indent
    inner = indent + draw(st.sampled_from([2, 2, 4, 1, 3]))
    value = st.one_of(_good_scalars, _good_flows) if policy else _good_scalars
    for name in draw(st.lists(_good_names, min_size=1, max_size=5, unique_by=lambda name: name.strip("\"'"))):
        out += draw(
            st.lists(st.sampled_from(["", "", pad + "# c", "# far: left", " " * (indent + 3) + "#odd"]), max_size=2)
        )
        head = f"{pad}{name}{draw(st.sampled_from([':', ':', ':', ' :']))}"
        note = draw(st.sampled_from(["", "", "", " # n", "   "]))
        form = draw(st.integers(0, 6 if depth < 3 else 4))
        if form <= 1:
            out.append(f"{head} {draw(st.sampled_from(['', '', '  ']))}{draw(value)}{note}")
        elif form == 2:
            out += [head + note, f"{' ' * inner}{draw(value)}{draw(st.sampled_from(['', '', ' # v']))}"]
        elif form == 3:
            out += [
                head,
                *(f"{' ' * draw(st.just(inner - 1))}- {draw(value)}{note}" for _ in range(draw(st.integers(1, 2)))),
            ]
        elif form == 4:
            out.append(head + note)
        elif policy and form == 5:
            for _ in range(draw(st.integers(1, 2))):
                first, *rest = draw(
                    _block(inner + 2, depth + 1, policy=policy).filter(
                        lambda block: block[0][:1] == " " and block[0].strip()[0] != "#"
                    )
                )
                out += [" " * inner + "- " + first.lstrip(" "), *rest]
        else:
            out += [head + note, *draw(_block(inner, depth + 1, policy=policy))]
    return out


@st.composite
def good(draw: st.DrawFn, *, policy: bool = False) -> bytes:
    """A document of the grammar, in any spelling, most of the time: a comment may break it."""
    eol = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = eol.join(draw(_block(0, 0, policy=policy)))
    return (text + draw(st.sampled_from(["", eol, eol, eol * 2]))).encode()


@st.composite
def mutated(draw: st.DrawFn, *, policy: bool = False) -> bytes:
    """A good document with a few bytes cut out, doubled or put in."""
    data = draw(good(policy=policy))
    pieces = st.sampled_from(
        [
            b" ",
            b"\n",
            b"\r",
            b"\t",
            b":",
            b"#",
            b"- ",
            b"'",
            b'"',
            b"{",
            b"}",
            b"[",
            b"]",
            b",",
            b"&",
            b"a",
            b"1",
            b"\\",
        ]
    )
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 3)))
        data = data[:start] + draw(st.one_of(st.just(b""), pieces, st.just(data[start:end] * 2))) + data[end:]
    return data
