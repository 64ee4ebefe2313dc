"""A sealed file in conflict: the three sides, and the merge of whole files."""
