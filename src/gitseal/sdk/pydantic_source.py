"""A source of settings for pydantic-settings, a package to install beside gitseal (`pip install pydantic-settings`).

It works like the source for environment variables, with the values of an environment in their place: names, prefixes,
aliases, conversion and the settings `env_nested_delimiter`, `env_nested_max_split`, `env_parse_none_str`, `env_parse_enums` and
`env_ignore_empty` are pydantic's own. A section is a nested model: `api/TOKEN` is the field `TOKEN` of the field `api`, as
`api__TOKEN` is if the class has the delimiter `__`.
"""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from gitseal.document.value import ValueType
from gitseal.errors import Error, UsageError
from gitseal.installation import remedy
from gitseal.sdk import outside
from gitseal.sdk.conversion import convert
from gitseal.sdk.hidden import Hidden, cleanly
from gitseal.sdk.loading import load

try:
    from pydantic.fields import FieldInfo
    from pydantic_settings import BaseSettings, EnvSettingsSource
    from pydantic_settings.exceptions import SettingsError
    from pydantic_settings.sources.utils import parse_env_vars
except ModuleNotFoundError as error:
    words = f"gitseal.sdk.pydantic_source needs the package pydantic-settings; {remedy('pydantic-settings', extra='pydantic')}"
    raise ModuleNotFoundError(words, name=error.name) from None

_ABSENT = object()
_SECTION = "/"


class _NotJson(Error, ValueError):
    """A field needs its value as JSON, and it is not. It is a ValueError, so that pydantic tries the next type of a union."""


class GitsealSettingsSource(Hidden, EnvSettingsSource):
    """Gives a class of settings the values of an environment; the arguments are those of `load`.

    It opens only values that the class has fields for and that no earlier source gave. So under `gitseal run`, behind the
    source for environment variables, it opens nothing, and needs neither `.secrets` nor an identity.

    Raises UsageError unless the class sets `hide_input_in_errors=True`: its errors would show values.
    """

    def __init__(
        self,
        settings_cls: type[BaseSettings],
        environment: str | None = None,
        *,
        service: str = "",
        local: bool = True,
        rev: str | None = None,
        path: str | os.PathLike[str] | None = None,
        identity: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__(settings_cls)
        self.env_nested_delimiter = self.env_nested_delimiter or _SECTION
        self.env_vars = {}
        if not self.config.get("hide_input_in_errors"):
            raise UsageError(
                f'errors of "{settings_cls.__name__}" would show values: pydantic quotes its input in them',
                "write: model_config = SettingsConfigDict(hide_input_in_errors=True)",
            )
        self._environment = environment
        self._path = path
        self._load = partial(load, environment, service=service, local=local, rev=rev, identity=identity)

    def __repr__(self) -> str:
        return f"GitsealSettingsSource({outside.named(self._environment)})"

    def __call__(self) -> dict[str, Any]:
        """The environment's values for the fields. Raises Error if one does not open or cannot be parsed."""
        return cleanly(self._fill)

    def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:  # noqa: ANN401 - pydantic's
        """Decode as pydantic does, but raise an error that does not hold the value."""
        try:
            return super().decode_complex_value(field_name, field, value)
        except ValueError:
            pass  # left before the new error is raised, which would have this one, with the value in it, as its context
        raise _NotJson(f'"{field_name}" cannot be read as JSON')

    def _fill(self) -> dict[str, Any]:
        self.env_vars = self._values()
        try:
            return super().__call__()
        except SettingsError as error:
            message = str(error)  # the names of the field and of this class
        finally:
            self.env_vars = {}  # the source may outlive this call, and the values must not
        raise Error(message, "a field that is no plain value is read as JSON")

    def _values(self) -> Mapping[str, str | None]:
        """The texts that fields ask for, by name; in lower case, unless the class is case-sensitive.

        A name with sections stands there twice: as it is, for aliases, and with the class's delimiter. Raises Error if another
        name is spelled like that.
        """
        fields = self._open_fields()
        start = outside.folder(self._path)
        if not fields or outside.is_nothing_there(start, self._environment):
            return {}
        secrets = self._load(path=start)
        delimiter = self.env_nested_delimiter or _SECTION
        texts: dict[str, str | None] = {}
        names: dict[str, str] = {}
        for name in secrets:
            key = name if self.case_sensitive else name.lower()
            flat = key.replace(_SECTION, delimiter)
            keys = [spelled for spelled in dict.fromkeys((key, flat)) if self._is_wanted(spelled, fields, delimiter)]
            if not keys:
                continue
            if flat in names:
                raise Error(f'"{names[flat]}" and "{name}" are one name to the class of settings', "rename one of them")
            names[flat] = name
            value = secrets.open(tuple(name.split(_SECTION)))
            if value.kind is not ValueType.NULL:
                texts.update(dict.fromkeys(keys, convert(name, value, str)))
        # What variables go through: an empty text that is to be ignored, and the word for None.
        return parse_env_vars(texts, self.case_sensitive, self.env_ignore_empty, self.env_parse_none_str)

    def _is_wanted(self, key: str, fields: Mapping[str, object], delimiter: str) -> bool:
        """True if a field, or one nested in it, asks for the name, and no earlier source gave it."""
        return any(
            key == field
            or (key.startswith(f"{field}{delimiter}") and not _is_given(given, key[len(field) :], delimiter))
            for field, given in fields.items()
        )

    def _open_fields(self) -> dict[str, object]:
        """The names of the fields that no earlier source filled as a whole, each with what those sources gave for it."""
        unfilled: dict[str, object] = {}
        for field_name, field in self.settings_cls.model_fields.items():
            names = self._extract_field_info(field, field_name)
            keys = [field_name, *(key for key, _, _ in names)]
            given = next((self.current_state[key] for key in keys if key in self.current_state), _ABSENT)
            if given is _ABSENT or isinstance(given, dict):
                unfilled.update({name: given for _, name, _ in names})
        return unfilled


def _is_given(given: object, below: str, delimiter: str) -> bool:
    """True if the value of a name is among the nested ones that other sources gave for its field."""
    for part in below.removeprefix(delimiter).split(delimiter):
        if not isinstance(given, dict):
            break
        given = next((value for name, value in given.items() if str(name).lower() == part.lower()), _ABSENT)
    return given is not _ABSENT
