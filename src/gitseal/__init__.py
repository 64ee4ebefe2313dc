"""gitseal keeps a team's secrets in its Git repository."""
