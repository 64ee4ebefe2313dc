#!/usr/bin/env python3
"""A program that values are published to: it keeps them in the file that it is given.

With FAIL set it says no, too loudly; with TALK it says what it reads.
"""

import json
import os
import sys
from pathlib import Path

place, given = Path(sys.argv[1]), json.load(sys.stdin)
state = json.loads(place.read_text()) if place.exists() else {}
if given["action"] == "read":
    if os.environ.get("TALK"):
        sys.stderr.write(f"there is: {state}\n")
    sys.stdout.write(json.dumps(state))
    sys.exit()
if os.environ.get("FAIL"):
    sys.stderr.write(f"no: {given['set']}\n")
    sys.exit(3)
for name, entry in given["set"].items():
    state[name] = entry | {"version": str(int(entry["version"] or 0) + 1)}
for name in given["remove"]:
    del state[name]
place.write_text(json.dumps(state))
