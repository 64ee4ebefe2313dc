"""The real age, as these tests find it."""

import re
import subprocess
from collections.abc import Callable

import pytest


def age_for(peer: Callable[[str], str], *, is_post_quantum: bool) -> str:
    """The program. It knows post-quantum keys since 1.3, and a distribution's may be older: then the test is skipped."""
    age = peer("age")
    version = subprocess.run([age, "--version"], capture_output=True, text=True, check=True).stdout
    numbers = re.findall(r"\d+", version)
    if is_post_quantum and (len(numbers) < 2 or [int(number) for number in numbers[:2]] < [1, 3]):
        pytest.skip(f"age {version.strip()} has no post-quantum keys, 1.3 has: `make peers` builds it")
    return age
