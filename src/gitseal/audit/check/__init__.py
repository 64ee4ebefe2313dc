"""`check`: whether policy, manifest, sealed files and Git attributes agree."""
