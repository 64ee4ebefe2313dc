"""The common beginning and end of two texts, found by halves: some fifteen comparisons at the speed of C."""

# Mostly one value was changed, and all behind it is the same: then no more than this has to be halved.
_ONE_VALUE = 512


def common_start(old: bytes, new: bytes, most: int) -> int:
    """The number of bytes, up to `most`, that both begin with."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if old[least:middle] == new[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def common_end(old: bytes, new: bytes, most: int) -> int:
    """The number of bytes, up to `most`, that both end with."""
    least, old_end, new_end = 0, len(old), len(new)
    rest = most - _ONE_VALUE
    if rest > 0 and old[old_end - rest :] == new[new_end - rest :]:
        least = rest
    while least < most:
        middle = (least + most + 1) // 2
        if old[old_end - middle : old_end - least] == new[new_end - middle : new_end - least]:
            least = middle
        else:
            most = middle - 1
    return least
