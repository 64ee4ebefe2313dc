"""Finds the identities on a machine, and opens data keys with them.

This adapter reads and writes identity files; what stands in them is the work of `recipients`. The environment, the home
and the way to ask a person come as arguments: only `cli` knows the real ones.
"""

from gitseal.identities.discovery import default_path, discover, reach_key_services
from gitseal.identities.files import write_new
from gitseal.identities.keyring import NO_IDENTITIES, Keyring
from gitseal.identities.source import IdentitySource

__all__ = ["NO_IDENTITIES", "IdentitySource", "Keyring", "default_path", "discover", "reach_key_services", "write_new"]
