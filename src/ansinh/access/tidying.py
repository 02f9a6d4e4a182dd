"""What logging in leaves behind and nobody needs any more: a step of the worker."""

from ansinh.access import sessions, throttle


def tidy() -> bool:
    """Forget old counts of tries and sessions that are over. Nothing more to do at once."""
    throttle.forget_old()
    sessions.forget_old()
    return False
