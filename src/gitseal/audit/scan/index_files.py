"""The files of an index that the hook reads besides those that a commit brings: policies, sealed files, compose files, links."""

# Pathspecs. Of a commit all files are listed: `git ls-tree` matches no patterns.
PATTERNS = (":(top,glob)**/.secrets/*", ":(top,glob,icase)**/*compose*.y*ml", ":(top,glob,icase)**/*env*")
