"""Names that steer loaders, shells and language runtimes: whoever sets one decides what code runs.

The table is part of docs/format.md, section 8. `render` and `run` refuse these names unless `allow_names` lists them.
"""

_NAMES = frozenset(
    {
        "PATH", "ENV", "BASH_ENV", "IFS", "SHELLOPTS", "BASHOPTS", "PS4", "PROMPT_COMMAND", "CDPATH", "FPATH", "ZDOTDIR",
        "NODE_OPTIONS", "NODE_PATH", "PERL5OPT", "PERL5LIB", "PERL5DB", "PERLLIB", "RUBYOPT", "RUBYLIB", "JAVA_TOOL_OPTIONS",
        "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "LUA_PATH", "LUA_CPATH", "LUA_INIT", "PHPRC", "PHP_INI_SCAN_DIR",
        "DOTNET_STARTUP_HOOKS", "CORECLR_PROFILER_PATH", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES", "RES_OPTIONS",
        "OPENSSL_CONF", "OPENSSL_MODULES", "OPENSSL_ENGINES", "EDITOR", "VISUAL", "PAGER", "LESSOPEN", "LESSCLOSE", "BROWSER",
        "SSH_ASKPASS", "SUDO_ASKPASS",
    }
)  # fmt: skip
_PREFIXES = ("LD_", "DYLD_", "GIT_", "PYTHON", "BASH_FUNC_", "GITSEAL_", "MALLOC_", "GLIBC_")


def steers(name: str) -> bool:
    """Whether an environment variable of this name decides which code a program loads or runs."""
    return name in _NAMES or name.startswith(_PREFIXES)
