"""Names that steer loaders, shells and language runtimes: whoever sets one decides what code runs.

The table is part of docs/format.md, section 8. `render` and `run` refuse these names unless `allow_names` lists them. Names
that say where packages or data come from, or over which way (registries, proxies, certificates), are not in it: they hold
credentials as often as not, and what they lead to is checked by other means.
"""

_NAMES = frozenset(
    {
        # the shell and the loader of programs
        "PATH", "ENV", "BASH_ENV", "IFS", "SHELL", "SHELLOPTS", "BASHOPTS", "PS4", "PROMPT_COMMAND", "CDPATH", "FPATH",
        "ZDOTDIR", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES", "RES_OPTIONS", "OPENSSL_CONF", "OPENSSL_MODULES",
        "OPENSSL_ENGINES",
        # what programs start to edit, show, ask or reach
        "EDITOR", "VISUAL", "PAGER", "MANPAGER", "BROWSER", "LESSOPEN", "LESSCLOSE", "EXINIT", "VIMINIT", "SSH_ASKPASS",
        "SUDO_ASKPASS", "RSYNC_RSH", "TAR_OPTIONS", "PSQLRC", "PSQL_EDITOR", "PSQL_PAGER",
        # language runtimes
        "NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE", "PERL5OPT", "PERL5LIB", "PERL5DB", "PERLLIB", "RUBYOPT",
        "RUBYLIB", "GEM_HOME", "GEM_PATH", "BUNDLE_GEMFILE", "CLASSPATH", "JAVA_HOME", "JAVA_OPTS", "JAVA_TOOL_OPTIONS",
        "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "LUA_PATH", "LUA_CPATH", "LUA_INIT", "PHPRC", "PHP_INI_SCAN_DIR",
        "DOTNET_ROOT", "DOTNET_STARTUP_HOOKS", "DOTNET_ADDITIONAL_DEPS", "DOTNET_SHARED_STORE", "CORECLR_PROFILER_PATH",
        "CORECLR_PROFILER_PATH_32", "CORECLR_PROFILER_PATH_64", "COR_PROFILER_PATH", "ERL_FLAGS", "ERL_AFLAGS",
        "ERL_ZFLAGS", "ERL_LIBS", "ERL_INETRC", "ELIXIR_ERL_OPTIONS", "JULIA_LOAD_PATH", "JULIA_DEPOT_PATH", "R_PROFILE",
        "R_PROFILE_USER", "R_ENVIRON", "R_ENVIRON_USER", "R_LIBS", "R_LIBS_USER",
        # build tools
        "MAKEFLAGS", "GNUMAKEFLAGS", "MAKEFILES", "CC", "CXX", "GOFLAGS", "GOENV", "GOROOT", "GOTOOLCHAIN", "CARGO_HOME",
        "RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTDOC", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS",
        "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "MAVEN_OPTS", "MAVEN_ARGS", "GRADLE_OPTS", "SBT_OPTS", "ANT_OPTS",
        "YARN_YARN_PATH", "YARN_RC_FILENAME", "YARN_PLUGINS",
    }
)  # fmt: skip
_PREFIXES = (
    "LD_", "DYLD_", "GIT_", "PYTHON", "BASH_FUNC_", "GITSEAL_", "MALLOC_", "GLIBC_", "npm_config_", "NPM_CONFIG_",
    "CARGO_BUILD_", "CARGO_TARGET_",
)  # fmt: skip


def steers(name: str) -> bool:
    """True if an environment variable of this name decides which code a program loads or runs."""
    return name in _NAMES or name.startswith(_PREFIXES)
