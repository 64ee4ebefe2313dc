"""The history of sealed files: `log`, the last change of each name, the log of reads."""
