"""A GitLab of our own making, for its CI variables alone. The real one was not tried.

Written by its published description (https://docs.gitlab.com/api/project_level_variables/ and .../group_level_variables/) and
the source of what it refuses: lib/api/ci/variables.rb and app/models/concerns/ci/maskable.rb of gitlab-org/gitlab.
"""

import re
from typing import Any

from tests.servers.json_server import Answer, JsonServer, Request

TOKEN = "glpat-for-a-test"
Variable = dict[str, Any]
_DEFAULTS: Variable = {
    "variable_type": "env_var",
    "protected": False,
    "masked": False,
    "hidden": False,
    "raw": False,
    "environment_scope": "*",
    "description": None,
}
_EXPANDED, _RAW = re.compile(r"[a-zA-Z0-9_+=/@:.~-]{8,}"), re.compile(r"[^ \t\n\v\f\r]{8,}")


class GitLab(JsonServer):
    """What it has, by place: `("projects", "acme/shop")` or `("groups", "acme")`."""

    def __init__(self, *places: tuple[str, str]) -> None:
        super().__init__()
        self.variables: dict[tuple[str, ...], list[Variable]] = {place: [] for place in places}
        self.knows_descriptions = True  # since 16.2

    @property
    def environ(self) -> dict[str, str]:
        return {"GITLAB_HOST": self.address, "GITLAB_TOKEN": TOKEN}

    def put(self, place: tuple[str, str], key: str, value: str, **fields: object) -> Variable:
        """What somebody does by hand: a new variable, or a change of one."""
        scope = fields.get("environment_scope", "*")
        there = self._find(place, key, str(scope))
        if there is None:
            there = {**_DEFAULTS, "key": key}
            self.variables[place].append(there)
        there.update(fields, value=value)
        return there

    def get(self, place: tuple[str, str], key: str, scope: str = "*") -> Variable:
        there = self._find(place, key, scope)
        assert there is not None, key
        return there

    def writes(self) -> list[str]:
        return [asked for asked in self.asked if not asked.startswith("GET ")]

    def answer(self, request: Request) -> Answer:
        if request.headers.get("private-token") != TOKEN:
            return Answer(401, {"message": "401 Unauthorized"})
        api, place, rest = request.parts[:2], request.parts[2:4], request.parts[4:]
        if api != ("api", "v4") or place not in self.variables or rest[:1] != ("variables",):
            return Answer(404, {"message": "404 Project Not Found"})
        if request.method == "GET" and len(rest) == 1:
            return self._page(place, request)
        if request.method == "POST":
            return self._post(place, request.content)
        return self._one(place, rest[1], request)

    def _page(self, place: tuple[str, ...], request: Request) -> Answer:
        size = min(int(request.query.get("per_page", "20")), 100)
        start = (int(request.query.get("page", "1")) - 1) * size
        return Answer(200, [_told(one) for one in self.variables[place][start : start + size]])

    def _post(self, place: tuple[str, ...], content: Variable) -> Answer:
        if self._find(place, content["key"], content.get("environment_scope", "*")) is not None:
            return Answer(400, {"message": {"key": [f"({content['key']}) has already been taken"]}})
        made = _DEFAULTS | self._known(content)
        refused = _refused(made)
        if refused is None:
            self.variables[place].append(made)
        return refused or Answer(201, _told(made))

    def _one(self, place: tuple[str, ...], key: str, request: Request) -> Answer:
        scope = request.query.get("filter[environment_scope]")
        of_key = [one for one in self.variables[place] if one["key"] == key]
        matching = [one for one in of_key if scope is None or one["environment_scope"] == scope]
        if len(matching) > 1:
            return Answer(409, {"message": "There are multiple variables with provided parameters."})
        if not matching:
            return Answer(404, {"message": "404 Variable Not Found"})
        there = matching[0]
        if request.method == "PUT":
            changed = there | self._known(request.content)
            refused = _refused(changed)
            if refused is not None:
                return refused
            there.update(changed)
        if request.method == "DELETE":
            self.variables[place].remove(there)
            return Answer(204)
        return Answer(200, _told(there))

    def _known(self, content: Variable) -> Variable:
        late = set() if self.knows_descriptions else {"description"}
        return {field: value for field, value in content.items() if field not in late}

    def _find(self, place: tuple[str, ...], key: str, scope: str) -> Variable | None:
        matching = (one for one in self.variables[place] if one["key"] == key and one["environment_scope"] == scope)
        return next(matching, None)


def _told(variable: Variable) -> Variable:
    return variable | ({"value": None} if variable["hidden"] else {})


def _refused(variable: Variable) -> Answer | None:
    if not re.fullmatch("[a-zA-Z0-9_]{1,255}", variable["key"]):
        return Answer(400, {"message": {"key": ["can contain only letters, digits and '_'."]}})
    if len(variable["value"]) > 10_000:
        return Answer(400, {"message": {"value": ["is too long (maximum is 10000 characters)"]}})
    if len(variable["description"] or "") > 255:
        return Answer(400, {"message": {"description": ["is too long (maximum is 255 characters)"]}})
    if variable["masked"] and not (_RAW if variable["raw"] else _EXPANDED).fullmatch(variable["value"]):
        return Answer(400, {"message": {"value": ["is invalid"]}})
    return None
