"""Environments brought to the policy: what that takes, and doing it, with an edit of the policy if there is one."""
