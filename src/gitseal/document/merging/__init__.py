"""The three-way merge of environment files, by name (docs/explanation/merging.md)."""
