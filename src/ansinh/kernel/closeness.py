"""How near two texts are: typing slips."""


def distance_at_most_one(a: str, b: str) -> bool:
    """True when one insertion, deletion, replacement or swap of neighbours (or nothing) turns `a` into `b`."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if not rest_a or not rest_b:
        return True
    swapped = len(rest_a) > 1 and rest_b[:2] == rest_a[1::-1] and rest_a[2:] == rest_b[2:]
    return swapped or rest_a[1:] == rest_b or rest_a == rest_b[1:] or rest_a[1:] == rest_b[1:]
