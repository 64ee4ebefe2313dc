"""One verb per file: plain arguments in, a value out. Nothing here prints, asks or reads the environment."""
