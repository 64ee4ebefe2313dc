"""Starting other programs: the command of `run`, and the editor. The caller chooses the environment that they get."""
