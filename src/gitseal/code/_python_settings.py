"""pydantic settings: each field of such a class is a variable (pydantic-settings, "Environment variable names")."""

import ast
from collections.abc import Iterator

from gitseal.code._python_names import Names
from gitseal.code.uses import Use

_CONFIG = "model_config"
_BASES = {"BaseSettings", "pydantic.BaseSettings", "pydantic_settings.BaseSettings"}


def fields(node: ast.ClassDef, names: Names) -> Iterator[Use]:
    """Yield a use for each field of a settings class. Classes of the same file that inherit from it take its prefix over."""
    inherited = [
        names.settings[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in names.settings
    ]
    if not inherited and not any(_is_base(base, names) for base in node.bases):
        return
    prefixes = (prefix for prefix in map(_prefix, node.body) if prefix is not None)
    prefix = next(prefixes, inherited[0] if inherited else "")
    names.settings[node.name] = prefix
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
            if not name.startswith("_") and name != _CONFIG and "ClassVar" not in ast.unparse(statement.annotation):
                yield from _field(statement, f"{prefix}{name}".upper(), names)


def _is_base(base: ast.expr, names: Names) -> bool:
    return names.dotted(base) in _BASES or (isinstance(base, ast.Attribute) and base.attr == "BaseSettings")


def _prefix(statement: ast.stmt) -> str | None:
    """The prefix that a statement of the class sets, if it does.

    That is `model_config = SettingsConfigDict(env_prefix=...)`, or `class Config: env_prefix = ...` of pydantic 1.
    """
    if isinstance(statement, ast.ClassDef) and statement.name == "Config":
        return next((prefix for prefix in map(_prefix, statement.body) if prefix is not None), None)
    if not isinstance(statement, ast.Assign):
        return None
    target, value = _last_word(statement.targets[0]), statement.value
    if target == "env_prefix":
        return _literal(value)
    return (
        next((_literal(node) for key, node in _pairs(value) if key == "env_prefix"), None)
        if target == _CONFIG
        else None
    )


def _pairs(value: ast.expr) -> list[tuple[str | None, ast.expr]]:
    """The keyword arguments of a call, or the items of a dictionary."""
    if isinstance(value, ast.Call):
        return [(keyword.arg, keyword.value) for keyword in value.keywords]
    if isinstance(value, ast.Dict):
        return [(_literal(key), node) for key, node in zip(value.keys, value.values, strict=True) if key is not None]
    return []


def _field(statement: ast.AnnAssign, name: str, names: Names) -> Iterator[Use]:
    value = statement.value
    call = _field_call(statement)
    if call is None:
        has_default = value is not None and not _is_ellipsis(value)
        yield Use(name, statement.lineno, has_default)
        return
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    has_default = any(not _is_ellipsis(argument) for argument in call.args) or not keywords.keys().isdisjoint(
        {"default", "default_factory"}
    )
    has_default = has_default or (value is not None and value is not call and not _is_ellipsis(value))
    spelled = next((keywords[key] for key in ("validation_alias", "alias", "env") if key in keywords), None)
    # Any of several aliases will do, so only the first can be missed.
    variables = list(_spelled(spelled, names)) if spelled is not None else [name]
    for at, variable in enumerate(variables):
        yield Use(variable.upper(), statement.lineno, has_default or at > 0)


def _field_call(statement: ast.AnnAssign) -> ast.Call | None:
    """The call `Field(...)` of a field, as its value or in `Annotated[str, Field(...)]`."""
    places = (statement.value, *ast.walk(statement.annotation))
    return next((node for node in places if isinstance(node, ast.Call) and _last_word(node.func) == "Field"), None)


def _spelled(value: ast.expr, names: Names) -> Iterator[str]:
    """The variables that an alias names: a literal, a list of them, or `AliasChoices(...)`."""
    choices = value.args if isinstance(value, ast.Call) else value.elts if isinstance(value, ast.List) else [value]
    yield from filter(None, map(names.text, choices))


def _last_word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
