"""Anyone who can commit chooses the names of plain and write-only values: no such name may decide what code runs (attack 11)."""

from collections.abc import Callable

import pytest

from gitseal.delivery.request import Request
from gitseal.document import document
from gitseal.document.value import text
from gitseal.errors import Error
from gitseal.policy.dangerous_names import is_setting, steers
from gitseal.project.reading import OpenedEnvironment
from gitseal.usecases import run as running
from gitseal.usecases.render import render
from gitseal.yamltext.editor import Put
from tests.attacks.conftest import Team
from tests.attacks.world import Clone, write

ATTACKERS = [
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "PSModulePath",
    "GUNICORN_CMD_ARGS",
    "PYTEST_ADDOPTS",
    "PYTEST_PLUGINS",
    "DJANGO_SETTINGS_MODULE",
    "FLASK_APP",
    "CELERY_CONFIG_MODULE",
    "IPYTHONDIR",
    "JUPYTER_CONFIG_DIR",
    "KUBECONFIG",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "ANSIBLE_CONFIG",
    "ANSIBLE_LIBRARY",
    "ANSIBLE_CALLBACK_PLUGINS",
    "HELM_PLUGINS",
    "TF_CLI_CONFIG_FILE",
    "CATALINA_OPTS",
    "JVM_OPTS",
    "MAVEN_HOME",
    "GRADLE_USER_HOME",
    "BUN_OPTIONS",
    "DENO_DIR",
    "ELECTRON_RUN_AS_NODE",
    "LUA_INIT_5_4",
    "LUA_PATH_5_4",
    "LUA_CPATH_5_4",
    "PERL5SHELL",
    "OCAMLRUNPARAM",
    "CAML_LD_LIBRARY_PATH",
    "GUILE_LOAD_PATH",
    "TCLLIBPATH",
    "EMACSLOADPATH",
    "GTK_MODULES",
    "GTK_PATH",
    "GIO_EXTRA_MODULES",
    "QT_PLUGIN_PATH",
    "GST_PLUGIN_PATH",
    "LIBGL_DRIVERS_PATH",
    "VK_DRIVER_FILES",
    "LIBMYSQL_PLUGIN_DIR",
    "SASL_PATH",
    "ODBCSYSINI",
    "ODBCINI",
    "WGETRC",
    "CURL_HOME",
    "INPUTRC",
    "SCREENRC",
    "GNUPGHOME",
    "KRB5_CONFIG",
    "CFLAGS",
    "CPPFLAGS",
    "LDFLAGS",
    "LD",
    "AR",
    "AS",
    "CMAKE_TOOLCHAIN_FILE",
    "PKG_CONFIG_PATH",
    "GCC_EXEC_PREFIX",
    "COMPILER_PATH",
    "CGO_CFLAGS",
    "CARGO",
    "COMPOSER_HOME",
    "BUNDLE_APP_CONFIG",
    "BUNDLE_PATH",
    "RAILS_ENV",
    "SPRING_CONFIG_LOCATION",
    "SPRING_APPLICATION_JSON",
    "NODE_TLS_REJECT_UNAUTHORIZED",
    "SSLKEYLOGFILE",
    "UWSGI_INI",
    "MYVIMRC",
    "NVIM_APPNAME",
    "DOTNET_CLI_HOME",
    "COMPlus_AltJitName",
    "GIT_SSH_COMMAND",
    "LD_PRELOAD",
    "NODE_OPTIONS",
]
# Not shown by the attack, and of the same kind.
VARIANTS = [
    "XDG_STATE_HOME",
    "LUA_INIT_5_1",
    "GOCACHEPROG",
    "BASH_LOADABLES_PATH",
    "RESTIC_PASSWORD_COMMAND",
    "ES_JAVA_OPTS",
    "TNS_ADMIN",
    "MISE_GLOBAL_CONFIG_FILE",
    "MISE_ENV",
    "COMPOSE_FILE",
    "STARSHIP_CONFIG",
    "FZF_DEFAULT_COMMAND",
]
HONEST = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_PROFILE",
    "DATABASE_URL",
    "PGPASSWORD",
    "PGHOST",
    "PGUSER",
    "PORT",
    "NODE_ENV",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "SENTRY_DSN",
    "GITHUB_TOKEN",
    "NPM_TOKEN",
    "REDIS_URL",
    "LOG_LEVEL",
    "ASPNETCORE_ENVIRONMENT",
    "TZ",
    "LANG",
    "DOTNET_ENVIRONMENT",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "TF_VAR_region",
    "VAULT_TOKEN",
    "VAULT_ADDR",
    "DOCKER_HOST",
    "MYSQL_PWD",
    "SSL_CERT_FILE",
    "PIP_INDEX_URL",
    "SPRING_DATASOURCE_PASSWORD",
    "SPRING_PROFILES_ACTIVE",
    "DJANGO_SECRET_KEY",
    "SECRET_KEY_BASE",
    "RAILS_MASTER_KEY",
]


def goes_out(place: Clone) -> bool:
    """Whether both `render` and `run` hand it out; they have to agree."""
    opened = OpenedEnvironment(place.project, "development", place.keyring)
    request = Request(excepted=("STRIPE_*",))
    acts: tuple[Callable[[], object], ...] = (
        lambda: render(opened, "dotenv", request),
        lambda: running.prepare(opened, request, {}),
    )
    answers = {_is_done(act) for act in acts}
    assert len(answers) == 1
    return answers == {True}


def _is_done(act: Callable[[], object]) -> bool:
    try:
        act()
    except Error as error:
        if "would steer a" not in error.message:
            raise
        return False
    return True


def brought(team: Team, name: str, *, plain: bool) -> Clone:
    """Mallory, with no key, brings a value; alice reads."""
    public = team.mallory.read("development").header.access["default"].public
    sealed = Put(document.seal(public, (name,), text("h")).serialise(), own_line=True)
    write(team.mallory, "development", {(name,): Put('"h"') if plain else sealed})
    team.infect(team.alice)
    return team.alice


def test_every_name_of_the_attacker_is_in_a_table_and_no_honest_one() -> None:
    assert [name for name in (*ATTACKERS, *VARIANTS) if not steers(name)] == []
    assert [name for name in HONEST if steers(name)] == []


@pytest.mark.parametrize("name", ["HOME", "GUNICORN_CMD_ARGS", "KUBECONFIG", "TNS_ADMIN"])
def test_a_write_only_value_of_a_name_that_steers_does_not_go_out(team: Team, name: str) -> None:
    assert not goes_out(brought(team, name, plain=False))


def test_a_plain_value_by_a_pattern_of_a_rule_does_not_go_out(team: Team) -> None:
    """The rule is honest, and says nothing of this very name."""
    team.alice.policy("rules:\n", 'rules:\n  - names: ["RAILS_*", "KUBE*"]\n    plain: true\n')
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    assert not goes_out(brought(team, "KUBECONFIG", plain=True))


def test_a_setting_goes_out_if_a_member_sealed_it(team: Team) -> None:
    team.alice.set("development", "RAILS_ENV", "production")
    assert is_setting("RAILS_ENV")
    assert goes_out(team.alice)


@pytest.mark.parametrize("declared", ["manifest", "rule"])
def test_a_setting_goes_out_if_somebody_declared_it(team: Team, declared: str) -> None:
    if declared == "manifest":
        team.alice.project.manifest_path.write_text("version: 1\nsecrets:\n  RAILS_ENV: {}\n")
    else:
        team.alice.policy("rules:\n", "rules:\n  - names: [RAILS_ENV]\n    plain: true\n")
    team.alice.commit()
    team.alice.push()
    team.mallory.pull()
    assert goes_out(brought(team, "RAILS_ENV", plain=declared == "rule"))


def test_no_declaration_lets_a_name_of_the_first_table_out(team: Team) -> None:
    team.alice.project.manifest_path.write_text("version: 1\nsecrets:\n  HOME: {}\n")
    team.alice.set("development", "HOME", "/srv/app")
    assert not goes_out(team.alice)
    team.alice.policy("rules:\n", "allow_names: [HOME]\n\nrules:\n")
    assert goes_out(team.alice)
