"""The common beginning and end of two texts, found by halves: some fifteen comparisons at the speed of C."""


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
    while least < most:
        middle = (least + most + 1) // 2
        if old[old_end - middle : old_end - least] == new[new_end - middle : new_end - least]:
            least = middle
        else:
            most = middle - 1
    return least
