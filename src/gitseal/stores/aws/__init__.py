"""The stores of AWS: `place.py` says which region and key a target names, `secret.py` is one secret of Secrets Manager."""
