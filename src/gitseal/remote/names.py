"""How clouds name what may stand in a locator, as regular expressions. A locator comes from the repository, so it names no host.

It loads nothing: a recipient is recognised by these, too.
"""

GOOGLE_PROJECT = r"(?:[a-z][a-z0-9-]{4,28}[a-z0-9]|[0-9]{6,20})"
"""A project's id or number (Cloud Resource Manager, `Project.projectId`)."""

AWS_REGION = r"[a-z]{2}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}"
"""A region, such as `eu-central-1`."""

VAULTS_OWN = "sys|auth|identity|cubbyhole"
"""What Vault has for itself: neither keys nor values are there, and what a commit names must not have us write there."""

AZURE_VAULT = r"[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]"
"""A vault's name: 3 to 24 letters, digits and `-`, from a letter to no `-` (Azure's naming rules)."""
