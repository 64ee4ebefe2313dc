"""Approvals: counts those of a change, and tells which a server takes."""
