"""policy.yaml and manifest.yaml merged entry by entry, with no key. Nothing is widened that neither side widened."""
