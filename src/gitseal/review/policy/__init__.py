"""What a change of policy.yaml means: for environments, people and rules."""
