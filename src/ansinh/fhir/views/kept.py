"""What was read once stays true while the marks of what it was read from are the same (`changes.marks`)."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any

_MOST = 128
_kept: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
_lock = Lock()


def once[T](key: Hashable, marks: Hashable, make: Callable[[], T]) -> T:
    """What `make` gave while the marks were these. Threads share what is kept: nobody may change it.

    The key names everything that the answer depends on beside the records: the reader's reach, the day, the language.
    The least used are forgotten.
    """
    with _lock:
        found = _kept.get(key)
        if found is not None and found[0] == marks:
            _kept.move_to_end(key)
            return found[1]
    made = make()
    with _lock:
        _kept[key] = (marks, made)
        _kept.move_to_end(key)
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return made
