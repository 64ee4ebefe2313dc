"""Reads and writes files of sops (3.x): YAML, JSON, dotenv, INI and binary, sealed to age and SSH recipients.

The form is read by our own code, and each value is opened only under a MAC that fits. See `opening` for what the MAC does not
cover, and docs/how-to/move-from-sops.md.
"""

from gitseal.exchange.sops.importing import SopsFile, SopsLook, SopsName, is_sops_file, look, read

__all__ = ["SopsFile", "SopsLook", "SopsName", "is_sops_file", "look", "read"]
