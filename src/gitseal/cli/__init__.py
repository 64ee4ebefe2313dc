"""Words and exit statuses. click, the environment, the clock and the terminal live here and nowhere else."""

from gitseal.cli.main import main, run

__all__ = ["main", "run"]
