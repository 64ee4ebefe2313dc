"""The refs that keep approvals. They are no branches, and go to other clones only where someone pushes or fetches them."""

APPROVALS = "refs/gitseal/approvals/"
"""What was given here, or pushed to here."""
INCOMING = "refs/gitseal/incoming/"
"""What Git fetched, by remote. `git fetch --prune` takes away what the remote does not have any more."""
FETCHED = "refs/gitseal/fetched/"
"""What was fetched once, by remote. Nothing takes it away."""


def fetch_refspec(remote: str) -> str:
    """The refspec by which a clone fetches approvals too, as `remote.REMOTE.fetch` has it."""
    return f"+{APPROVALS}*:{INCOMING}{remote}/*"
