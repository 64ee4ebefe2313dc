"""The environment variables that hold or lead to an identity, in gitseal and in sops; no child is started with them."""

IDENTITY_VARIABLES = (
    "GITSEAL_IDENTITY",
    "GITSEAL_IDENTITY_FILE",
    "SOPS_AGE_KEY",
    "SOPS_AGE_KEY_CMD",
    "SOPS_AGE_KEY_FILE",
    "SOPS_AGE_SSH_PRIVATE_KEY_CMD",
    "SOPS_AGE_SSH_PRIVATE_KEY_FILE",
)
