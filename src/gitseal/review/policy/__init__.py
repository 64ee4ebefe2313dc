"""The meaning of a change of policy.yaml, for environments, people and rules."""
