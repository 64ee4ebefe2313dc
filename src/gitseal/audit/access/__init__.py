"""Who can open what, now and by the policy, and who ever could."""
