"""One bell: rung when there is work for the worker of this process; without one, nobody hears it.

Workers of other processes look by themselves every second or two.
"""

import threading

bell = threading.Event()


def wake() -> None:
    """Look at once."""
    bell.set()
