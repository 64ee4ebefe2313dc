"""Made-up policies, and the edits that people make to them, for the laws of merging."""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

PEOPLE = ("alice", "bob", "carol", "dave", "erin")
GROUPS = ("admins", "backend")
ENVIRONMENTS = ("base", "production", "staging")
PATTERNS = ("A*", "*B", "A", "api/*", "/A", "C", "*", "A_PREVIOUS", "*_PUBLIC")
NAMES = (("A",), ("AB",), ("B",), ("C",), ("api", "A"), ("api", "C"), ("D",))
BESIDE = (("A_PREVIOUS",), ("AB_PUBLIC",), ("api", "C_PREVIOUS"), ("D_PUBLIC",), ("A_PUBLIC_PREVIOUS",))

Model = dict[str, Any]


def policy(model: Model) -> bytes:
    """The text of a policy. `layout` of the model says how it is written."""
    layout = model["layout"]
    lines = ["# Who may open what.", "", "version: 1", ""]
    for section in ("recipients", "groups", "environments"):
        if model[section]:
            entries = (line for name, fields in model[section].items() for line in entry(section, name, fields, layout))
            lines += [f"{section}:", *entries, ""]
    for owned in ("policy", "manifest"):
        if owned in model:
            lines += [f"{owned}:", f"  change: {one_line(model[owned])}", ""]
    if model["rules"]:
        lines.append("rules:")
        for rule in model["rules"]:
            fields = [f"{key}: {one_line(value) if isinstance(value, list) else value}" for key, value in rule.items()]
            lines += [f"  - {fields[0]}", *(f"    {field}" for field in fields[1:])]
    return "\n".join(lines).encode() + b"\n"


def entry(section: str, name: str, fields: Any, layout: Model) -> list[str]:
    lines = [f"  # about {name}: {layout['comments'][name]}"] if name in layout["comments"] else []
    if isinstance(fields, list):
        return lines + listed(f"  {name}", fields, layout)
    if layout["braces"] and section == "recipients":
        return [*lines, f"  {name}: {{{', '.join(f'{key}: {one_line(value)}' for key, value in fields.items())}}}"]
    lines.append(f"  {name}:")
    for key, value in fields.items():
        lines += listed(f"    {key}", value, layout) if isinstance(value, list) else [f"    {key}: {value}"]
    return lines


def one_line(value: list[str]) -> str:
    return f"[{', '.join(item if item.isalnum() else chr(34) + item + chr(34) for item in value)}]"


def listed(label: str, value: list[str], layout: Model) -> list[str]:
    if layout["blocks"] and value:
        indent = " " * (len(label) - len(label.lstrip()) + 2)
        return [f"{label}:", *(f"{indent}- {item}" for item in value)]
    return [f"{label}: {one_line(value)}"]


def principals() -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from((*PEOPLE[:4], *GROUPS)), min_size=1, max_size=3, unique=True)


def rules() -> st.SearchStrategy[Model]:
    names = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2, unique=True)
    where = st.lists(st.sampled_from(ENVIRONMENTS[:2]), max_size=1)

    def rule(names: list[str], where: list[str], opened: list[str]) -> Model:
        what = {"plain": "true"} if not opened else {"access": f"x{len(opened)}{opened[0]}", "open": opened}
        return {"names": names} | ({"environments": where} if where else {}) | what

    return st.builds(rule, names, where, st.just([]) | principals())


@st.composite
def bases(draw: st.DrawFn) -> Model:
    people = draw(st.lists(st.sampled_from(PEOPLE[:4]), min_size=2, unique=True).map(sorted))
    groups = {name: draw(st.lists(st.sampled_from(people), min_size=1, unique=True)) for name in GROUPS}
    known = st.lists(st.sampled_from((*people, *GROUPS)), min_size=1, max_size=3, unique=True)
    environments = {}
    for name in draw(st.lists(st.sampled_from(ENVIRONMENTS), min_size=1, unique=True).map(sorted)):
        environments[name] = {"open": draw(known)}
        if draw(st.booleans()):
            environments[name]["change"] = draw(known)
    model: Model = {
        "recipients": {name: {"keys": [f"age{name}"]} for name in people},
        "groups": groups,
        "environments": environments,
        "rules": draw(st.lists(rules(), max_size=3)),
        "layout": {"comments": {}, "braces": draw(st.booleans()), "blocks": draw(st.booleans())},
    }
    if draw(st.booleans()):
        model["policy"] = draw(known)
    return model


def _join(draw: Callable[..., Any], model: Model) -> None:
    name = draw(st.sampled_from(PEOPLE))
    model["recipients"].setdefault(name, {"keys": [f"age{name}"]})
    group = model["groups"].get(draw(st.sampled_from(GROUPS)))
    if group is not None and name not in group:
        group.append(name)


def _leave(draw: Callable[..., Any], model: Model) -> None:
    name = draw(st.sampled_from(sorted(model["recipients"]) or ["alice"]))
    if draw(st.booleans()):
        model["recipients"].pop(name, None)
    for names in _lists(model):
        if name in names:
            names.remove(name)


def _lists(model: Model) -> list[list[str]]:
    fields = [
        *model["environments"].values(),
        *model["rules"],
        {key: model.get(key, []) for key in ("policy", "manifest")},
    ]
    inner = [
        value for field in fields for key, value in field.items() if key in {"open", "change", "policy", "manifest"}
    ]
    return [*model["groups"].values(), *inner]


def _grant(draw: Callable[..., Any], model: Model) -> None:
    names = draw(st.sampled_from(_lists(model) or [[]]))
    name = draw(st.sampled_from((*PEOPLE, *GROUPS)))
    if name not in names:
        names.append(name)


def _take(draw: Callable[..., Any], model: Model) -> None:
    names = draw(st.sampled_from(_lists(model) or [[]]))
    if names:
        names.remove(draw(st.sampled_from(names)))


def _environment(draw: Callable[..., Any], model: Model) -> None:
    name = draw(st.sampled_from(ENVIRONMENTS))
    if name in model["environments"] and draw(st.booleans()):
        del model["environments"][name]
    else:
        fields = model["environments"].setdefault(name, {"open": draw(principals())})
        key = draw(st.sampled_from(("change", "protected", "aliases", "write_only")))
        if key in fields:
            del fields[key]
        else:
            fields[key] = {
                "change": draw(principals()),
                "protected": "true",
                "aliases": [name[:2]],
                "write_only": "refuse",
            }[key]


def _rule(draw: Callable[..., Any], model: Model) -> None:
    at = draw(st.integers(0, len(model["rules"])))
    kind = draw(st.integers(0, 3))
    if kind == 0 or not model["rules"]:
        model["rules"].insert(at, draw(rules()))
    elif kind == 1:
        del model["rules"][at % len(model["rules"])]
    elif kind == 2:
        model["rules"].insert(at, model["rules"].pop())
    else:
        names = model["rules"][at % len(model["rules"])]["names"]
        names.append(next((name for name in PATTERNS if name not in names), "Z"))


def _layout(draw: Callable[..., Any], model: Model) -> None:
    model["layout"]["comments"][draw(st.sampled_from((*PEOPLE[:3], *ENVIRONMENTS)))] = draw(st.integers(0, 9))


def _owner(draw: Callable[..., Any], model: Model) -> None:
    if "policy" in model and draw(st.booleans()):
        del model["policy"]
    else:
        model["policy"] = draw(principals())


EDITS = (_join, _join, _leave, _grant, _take, _environment, _rule, _rule, _layout, _owner)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Model, Model, Model]:
    """A base and two sides of one to three edits each. Not each of them is a good policy."""
    base = draw(bases())
    sides = []
    for _side in range(2):
        side = copy.deepcopy(base)
        for edit in draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=3)):
            edit(draw, side)
        sides.append(side)
    return base, sides[0], sides[1]
