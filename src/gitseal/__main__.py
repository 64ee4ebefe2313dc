"""`python -m gitseal`."""

import sys

from gitseal.cli import main

sys.exit(main())
