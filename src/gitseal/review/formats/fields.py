"""A review as plain data, by the names of its fields: JSON is written from it, and the schema is made by the same fields."""

# What findings follow from is for the acts alone, which programs get instead, and rows are elsewhere in a review.
UNSHOWN = frozenset({"causes", "rows"})


def tree(value: object) -> object:
    """A review, or any part of it, as mappings, lists and scalars: what JSON is written from."""
    if isinstance(value, tuple):
        fields = getattr(value, "_fields", None)
        if fields is not None:
            return {name: tree(part) for name, part in zip(fields, value, strict=True) if name not in UNSHOWN}
        return [tree(part) for part in value]
    return value
