"""The options and arguments of a command, declared once.

`parsing` reads command lines by it, and `by_click` makes help and completion from it. The decorators look like click's on
purpose, and take the same words. They do not import it: click takes 13 to 22 ms, more than all the rest of a short command.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any, TypedDict, Unpack

    _Function = Callable[..., Any]
    _Decorator = Callable[[_Function], _Function]

    class _Settings(TypedDict, total=False):
        help: str
        metavar: str
        default: object
        choices: Collection[str]
        is_path: bool
        takes_dash: bool
        complete: str
        required: bool

    class _OptionSettings(_Settings, total=False):
        multiple: bool
        is_flag: bool
        flag_value: str
        envvar: str
        show_default: bool

    class _ArgumentSettings(_Settings, total=False):
        nargs: int
        after_dashes: bool


# What a shell completes a word to.
NAMES, ENVIRONMENTS = "names", "environments"


class Parameter:
    """An option or an argument; `name` is the parameter of the command's function that gets its value.

    A path stays a string. One that exists and cannot be read is refused, unless it is `-` and `takes_dash`.
    """

    name: str
    help = ""
    metavar: "str | None" = None
    default: object = None
    choices: "Collection[str]" = ()
    is_path = False
    takes_dash = False
    complete = ""
    required = False
    multiple = False

    def __init__(self, name: str, settings: "Mapping[str, object]") -> None:
        self.name = name
        self.__dict__.update(settings)


class Option(Parameter):
    """`words` are what may be typed. `constants` are the values of those that take none: a flag's is True.

    `--a/--no-a` is a pair, True and False. A `flag_value` makes a flag that stands for that value. `multiple` gathers a
    tuple. `envvar` names the variable whose words are the default.
    """

    is_flag = False
    flag_value: "str | None" = None
    envvar: "str | None" = None
    show_default = False

    def __init__(self, declared: "Sequence[str]", settings: "Mapping[str, object]") -> None:
        spelled = [word for word in declared if word.startswith("-")]
        named = [word for word in declared if not word.startswith("-")]
        self.words = tuple(word for spelling in spelled for word in spelling.split("/"))
        # As click: the first long word gives the name, if no name is declared.
        long = next((word for word in self.words if word.startswith("--")), self.words[0])
        super().__init__(named[0] if named else long.lstrip("-").replace("-", "_"), settings)
        self.is_pair = "/" in spelled[0]
        self.constants: dict[str, object] = {}
        if self.is_pair:
            self.constants = {self.words[0]: True, self.words[1]: False}
        elif self.flag_value is not None:
            self.constants = dict.fromkeys(self.words, self.flag_value)
        elif self.is_flag:
            self.constants = dict.fromkeys(self.words, True)
            self.default = False
        if self.multiple:
            self.default = ()


class Argument(Parameter):
    """A word by its place. With `nargs` -1, which only the last argument of a command has, it is a tuple of all the rest.

    `after_dashes`: it takes only words after `--`. A word before them is one too many.
    """

    nargs = 1
    after_dashes = False

    def __init__(self, name: str, settings: "Mapping[str, object]") -> None:
        super().__init__(name, {"required": "default" not in settings and settings.get("nargs") != -1, **settings})
        self.multiple = self.nargs == -1
        if self.multiple:
            self.default = ()


class Command:
    """A command: its parameters in the order of the help, and the function that gets the session and their values.

    `passes_on` is for one that starts another program: from the first word that is no option of its own, all are arguments.
    `too_many` is the hint for a word too many, if that is a likely slip.
    """

    def __init__(self, name: str, function: "_Function", *, passes_on: bool, too_many: str = "") -> None:
        self.name = name
        self.too_many = too_many
        self.help = function.__doc__
        self.function = function
        self.passes_on = passes_on
        parameters: list[Parameter] = getattr(function, "parameters", [])
        self.parameters = parameters
        self.options = [parameter for parameter in parameters if isinstance(parameter, Option)]
        self.arguments = [parameter for parameter in parameters if isinstance(parameter, Argument)]


class Group:
    """Commands behind a common word, in the order of the help. A member that is a text is a module, loaded when it is called."""

    def __init__(self, name: str, words: "str | None", members: "Mapping[str, Command | str]") -> None:
        self.name = name
        self.help = words
        self.members: dict[str, Command | Group | str] = {**members}
        self.options: Sequence[Option] = ()
        # The module of what the common word does alone; without one it takes a member.
        self.alone = ""

    def command(self, name: str, *, passes_on: bool = False) -> "Callable[[_Function], Command]":
        """Makes a function a command of this group."""

        def declare(function: "_Function") -> Command:
            made = Command(name, function, passes_on=passes_on)
            self.members[name] = made
            return made

        return declare

    def find(self, name: str) -> "Command | Group | None":
        """The member of a name, its module loaded now; None for a name that the group does not have."""
        member = self.members.get(name)
        return _loaded(member) if isinstance(member, str) else member

    def find_alone(self) -> "Command | Group | None":
        """What the group's word does without another; None if it does nothing."""
        return _loaded(self.alone) if self.alone else None


def _loaded(module: str) -> "Command | Group":
    loaded: Command | Group = __import__(module, fromlist=["command"]).command
    return loaded


def command(name: str, *, passes_on: bool = False, too_many: str = "") -> "Callable[[_Function], Command]":
    """Makes a function a command; its docstring is the help."""
    return lambda function: Command(name, function, passes_on=passes_on, too_many=too_many)


def group(name: str, **members: str) -> "Callable[[_Function], Group]":
    """Makes a group of a function that has a docstring and does nothing; `members` are modules of further commands."""
    return lambda function: Group(name, function.__doc__, members)


def option(*words: str, **settings: "Unpack[_OptionSettings]") -> "_Decorator":
    """Declares an option of the function below; a word without a dash is the name of its parameter."""
    return _declaring(Option(words, settings))


def argument(name: str, **settings: "Unpack[_ArgumentSettings]") -> "_Decorator":
    """Declares an argument of the function below."""
    return _declaring(Argument(name, settings))


def _declaring(parameter: Parameter) -> "_Decorator":
    def declare(function: "_Function") -> "_Function":
        # Python applies the lowest decorator first.
        function.__dict__.setdefault("parameters", []).insert(0, parameter)
        return function

    return declare


def instead_of(function: "_Function", wrapper: "_Function") -> "_Function":
    """`wrapper`, with what was declared of `function`: it makes one value of several options before it calls that."""
    wrapper.__doc__ = function.__doc__
    wrapper.__dict__.update(function.__dict__)
    return wrapper
