"""Git's configuration, read by GitPython, which follows includes as Git does.

GitPython takes constant arguments only: no name or path from a repository ever reaches it as an option.
"""

import os
from pathlib import Path


def email(top: Path) -> str:
    """`user.email` as Git would use it in the repository at `top`; empty if it is not set, or if no repository is there."""
    # Without it the import itself fails on a machine that has no git binary.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    import git  # 100 ms, which only `init` pays

    try:
        with git.Repo(top) as repository:
            return str(repository.config_reader().get_value("user", "email", default=""))
    except (git.InvalidGitRepositoryError, git.NoSuchPathError):
        return ""
