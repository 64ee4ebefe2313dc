"""The environment variables that gitseal gives a meaning to, besides those of single commands."""

# Where a service's files are: set for the child of `run --files`, and what `${env:...}` of the manifest finds.
FILES_VARIABLE = "GITSEAL_FILES"

# They hold or lead to an identity, in gitseal and in sops; no child is started with them.
IDENTITY_VARIABLES = (
    "GITSEAL_IDENTITY",
    "GITSEAL_IDENTITY_FILE",
    "SOPS_AGE_KEY",
    "SOPS_AGE_KEY_CMD",
    "SOPS_AGE_KEY_FILE",
    "SOPS_AGE_SSH_PRIVATE_KEY_CMD",
    "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
)
