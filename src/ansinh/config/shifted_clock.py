"""The node as it is served, with a clock that the drill moves: ANSINH_TORTURE_CLOCK is a file of seconds."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from ansinh.kernel import clock

_real, _file = clock.now, Path(os.environ["ANSINH_TORTURE_CLOCK"])


def _now() -> datetime:
    return _real() + timedelta(seconds=int(_file.read_text() or 0))


clock.now = _now

from ansinh.config.wsgi import application  # noqa: E402  (the clock comes first)

__all__ = ["application"]
