"""Rules that make names plain, written into a policy."""

from collections.abc import Collection, Iterable, Sequence

from gitseal.policy.patterns import exact_pattern
from gitseal.policy.policy_editor import PolicyEditor
from gitseal.yamltext.reader import path_text
from gitseal.yamltext.tree import NamePath, Plain


def add_plain_rule(
    text: PolicyEditor,
    names: Sequence[NamePath],
    environments: Sequence[str],
    others: Collection[NamePath] = (),
) -> None:
    """Makes names plain in some environments; no environments means in all that there are and will be.

    `others` are further names of these environments: the rule covers none of them. A rule that says plain for exactly these
    environments takes the names in; else one more is put last. The caller has made sure that no rule seals a name to an access
    group there: the first rule that matches decides.
    """
    patterns = list(dict.fromkeys(_pattern(path, others) for path in names))
    if not patterns:
        return
    rules = text.get(("rules",))
    for number, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, dict) and rule.get("plain") is True and _same(rule.get("environments"), environments):
            listed = rule.get("names")
            held = list(listed) if isinstance(listed, list) else []
            text.put(("rules", f"[{number}]", "names"), [*held, *(item for item in patterns if item not in held)])
            return
    places: dict[str, Plain] = {"environments": list(environments)} if environments else {}
    text.append(("rules",), {"names": list[Plain](patterns), **places, "plain": True})


def _same(listed: Plain, environments: Sequence[str]) -> bool:
    return set(map(str, listed if isinstance(listed, list) else ())) == set(environments)


def _pattern(path: NamePath, others: Iterable[NamePath]) -> str:
    """The pattern of exactly this name. Without a `/` it would name the same word in a section too."""
    is_shared = any(other[-1] == path[0] and other != path for other in others)
    return exact_pattern(path) if is_shared else path_text(path)
