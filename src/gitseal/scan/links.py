"""Where symbolic links of a repository lead, by their bytes alone."""


def target(path: bytes, content: bytes) -> bytes:
    """The path from the top to which the link at `path` leads, nothing if that is outside of the repository or its top.

    `content` is what the link holds.
    """
    import posixpath  # few commits bring a link

    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), content))
    is_outside = resolved.startswith((b"/", b"../")) or resolved in {b"..", b"."}
    return b"" if is_outside else resolved
