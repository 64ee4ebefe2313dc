"""Names that the shell, the operating system, a runner or a host sets. No team keeps them as secrets."""

from typing import NamedTuple


class Ambient(NamedTuple):
    """Names (with a `*` at the end: beginnings of names), and who sets them."""

    reason: str
    names: tuple[str, ...]


TABLE = (
    Ambient("POSIX: every login has them (XBD 8.3)", (
        "HOME", "LOGNAME", "PATH", "PWD", "OLDPWD", "SHELL", "TERM", "TMPDIR", "TZ", "LANG", "LANGUAGE", "LC_*",
        "COLUMNS", "LINES", "USER", "EDITOR", "VISUAL", "PAGER", "MAIL", "DISPLAY", "XDG_*", "DBUS_*",
        "WAYLAND_DISPLAY", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "SUDO_*",
    )),
    Ambient("the shell sets them itself (bash(1), Shell Variables)", (
        "BASH", "BASH_*", "BASHPID", "COMP_*", "COMPREPLY", "COMP_WORDS", "DIRSTACK", "EPOCHSECONDS",
        "EPOCHREALTIME", "EUID", "FUNCNAME", "GROUPS", "HISTFILE", "HISTCMD", "HOSTNAME", "HOSTTYPE", "IFS",
        "LINENO", "MACHTYPE", "MAPFILE", "OPTARG", "OPTIND", "OSTYPE", "PIPESTATUS", "PPID", "PS1", "PS2", "PS4",
        "RANDOM", "READLINE_*", "REPLY", "SECONDS", "SHELLOPTS", "SHLVL", "UID", "ZSH_VERSION", "_",
    )),
    Ambient("Windows sets them", (
        "APPDATA", "LOCALAPPDATA", "USERPROFILE", "USERNAME", "COMSPEC", "ComSpec", "SystemRoot", "SYSTEMROOT",
        "TEMP", "TMP", "PROGRAMFILES", "ProgramFiles", "PROGRAMDATA", "PATHEXT", "MSYSTEM", "WSL_DISTRO_NAME", "OS",
        "PROCESSOR_ARCHITECTURE",
    )),
    Ambient("the runtime or its tools read or set them", (
        "NODE_ENV", "NODE_OPTIONS", "NODE_PATH", "NODE_EXTRA_CA_CERTS", "NODE_DEBUG", "NODE_V8_COVERAGE", "npm_*",
        "NPM_CONFIG_*", "INIT_CWD", "NEXT_RUNTIME", "NEXT_PHASE", "TURBOPACK", "TURBO_HASH", "__NEXT_*",
        "JEST_WORKER_ID", "VITEST", "VITEST_*", "PLAYWRIGHT_*", "PYTEST_*", "PYTHON*", "VIRTUAL_ENV", "CONDA_*",
        "PIP_*", "UV_CACHE_DIR", "DJANGO_SETTINGS_MODULE", "WERKZEUG_*", "FLASK_APP", "FLASK_ENV", "JAVA_HOME",
        "JAVA_OPTS", "GOPATH", "GOROOT", "GOOS", "GOARCH", "CARGO_*", "RUST_LOG", "RUST_BACKTRACE", "GEM_HOME",
        "BUNDLE_*", "LD_*", "DYLD_*", "GIT_*", "GPG_TTY", "DEBUG", "FORCE_COLOR", "NO_COLOR", "CLICOLOR",
        "CLICOLOR_FORCE", "COLORTERM", "TERM_PROGRAM", "RAILS_ENV", "RACK_ENV", "DOTNET_ENVIRONMENT",
        "ASPNETCORE_ENVIRONMENT",
    )),
    Ambient("a proxy's settings, the machine's", (
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "FTP_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy",
        "ftp_proxy", "all_proxy",
    )),
    Ambient("the CI runner sets them (each runner's list of predefined variables)", (
        "CI", "GITHUB_ACTION", "GITHUB_ACTIONS", "GITHUB_ACTION_*", "GITHUB_ACTOR", "GITHUB_ACTOR_ID",
        "GITHUB_API_URL", "GITHUB_BASE_REF", "GITHUB_ENV", "GITHUB_EVENT_*", "GITHUB_GRAPHQL_URL",
        "GITHUB_HEAD_REF", "GITHUB_JOB", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_REF", "GITHUB_REF_*",
        "GITHUB_REPOSITORY", "GITHUB_REPOSITORY_*", "GITHUB_RETENTION_DAYS", "GITHUB_RUN_*", "GITHUB_SERVER_URL",
        "GITHUB_SHA", "GITHUB_STATE", "GITHUB_STEP_SUMMARY", "GITHUB_TOKEN", "GITHUB_TRIGGERING_ACTOR",
        "GITHUB_WORKFLOW", "GITHUB_WORKFLOW_*", "GITHUB_WORKSPACE", "RUNNER_*", "ACTIONS_*", "GITLAB_CI",
        "GITLAB_USER_*", "CI_*", "CIRCLECI", "CIRCLE_*", "TRAVIS", "TRAVIS_*", "BUILDKITE", "BUILDKITE_*",
        "JENKINS_URL", "JENKINS_HOME", "BUILD_NUMBER", "BUILD_ID", "TEAMCITY_VERSION", "APPVEYOR", "TF_BUILD",
        "BITBUCKET_BUILD_NUMBER", "BITBUCKET_COMMIT", "BITBUCKET_BRANCH", "CODEBUILD_*", "DRONE", "DRONE_*",
        "SEMAPHORE",
    )),
    Ambient("the host that runs the program sets them", (
        "PORT", "HOST", "VERCEL", "VERCEL_ENV", "VERCEL_URL", "VERCEL_REGION", "VERCEL_BRANCH_URL",
        "VERCEL_DEPLOYMENT_ID", "VERCEL_PROJECT_PRODUCTION_URL", "VERCEL_GIT_*", "NEXT_PUBLIC_VERCEL_*", "NETLIFY",
        "RENDER", "RENDER_EXTERNAL_*", "RENDER_GIT_*", "RENDER_SERVICE_*", "RENDER_INSTANCE_ID", "DYNO",
        "HEROKU_APP_*", "HEROKU_SLUG_*", "HEROKU_RELEASE_*", "FLY_APP_NAME", "FLY_REGION", "FLY_MACHINE_*",
        "FLY_ALLOC_ID", "RAILWAY_ENVIRONMENT", "RAILWAY_ENVIRONMENT_*", "RAILWAY_PUBLIC_DOMAIN",
        "RAILWAY_PRIVATE_DOMAIN", "RAILWAY_GIT_*", "K_SERVICE", "K_REVISION", "K_CONFIGURATION", "KUBERNETES_*",
        "AWS_LAMBDA_*", "AWS_EXECUTION_ENV", "_HANDLER", "LAMBDA_TASK_ROOT", "CF_PAGES", "CF_PAGES_*", "GAE_*",
        "WEBSITE_HOSTNAME", "WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID", "CODESPACES", "CODESPACE_NAME",
        "GITPOD_WORKSPACE_*", "ECS_CONTAINER_METADATA_*", "INVOCATION_ID", "JOURNAL_STREAM", "NOTIFY_SOCKET",
        "LISTEN_FDS", "LISTEN_PID", "CREDENTIALS_DIRECTORY", "RUNTIME_DIRECTORY", "STATE_DIRECTORY",
    )),
    Ambient("the builder sets them (Dockerfile reference, predefined ARGs)", (
        "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "BUILDPLATFORM", "BUILDOS", "BUILDARCH",
        "BUILDVARIANT", "BUILDKIT_*", "SOURCE_DATE_EPOCH", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_BUILDKIT",
        "COMPOSE_*", "DEBIAN_FRONTEND",
    )),
    Ambient("what opens the secrets is not one of them", (
        "GITSEAL_*", "SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE",
    )),
)  # fmt: skip
_EXACT = {name: row.reason for row in TABLE for name in row.names if not name.endswith("*")}
_BEGINNINGS = [(name[:-1], row.reason) for row in TABLE for name in row.names if name.endswith("*")]
_SECRET_WORDS = frozenset({"KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASS", "CREDENTIALS", "DSN"})
# What opens the secrets cannot be one of them.
_OPENERS = "GITSEAL_"


def reason(name: str) -> str:
    """The words for what sets a name by itself, or an empty text if the team has to.

    A name with a word such as TOKEN in it must stand in the table as a whole: `CI_*` does not excuse CI_DEPLOY_TOKEN.
    """
    exact = _EXACT.get(name)
    if exact or (not name.startswith(_OPENERS) and not _SECRET_WORDS.isdisjoint(name.upper().split("_"))):
        return exact or ""
    return next((why for beginning, why in _BEGINNINGS if name.startswith(beginning)), "")
