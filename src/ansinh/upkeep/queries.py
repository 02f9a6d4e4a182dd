"""How the backups stand."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from ansinh.kernel import clock
from ansinh.upkeep.models import BackupRow


@dataclass(frozen=True, slots=True)
class Standing:
    """good: the last good backup; failed: the last try when it failed. late: longer ago than twice the time between
    two, or never. due: the schedule wants one now. off: there is no place or no schedule."""

    good: BackupRow | None
    failed: BackupRow | None
    late: bool
    due: bool
    off: bool

    @property
    def age(self) -> timedelta | None:
        """Since the last good one."""
        return clock.now() - self.good.at if self.good else None


def standing() -> Standing:
    """Two small queries."""
    good, last = BackupRow.objects.filter(error="").first(), BackupRow.objects.first()
    every = settings.BACKUPS.every
    age = clock.now() - good.at if good else None
    off = not settings.BACKUPS.to or not every
    waiting = last is not None and bool(last.error) and clock.now() - last.at < _pause(every)
    return Standing(
        good,
        last if last is not None and last.error else None,
        late=age is None or age > 2 * (every or timedelta(hours=24)),
        due=not off and not waiting and (age is None or age >= every),
        off=off,
    )


def latest(most: int = 20) -> list[BackupRow]:
    """The newest tries."""
    return list(BackupRow.objects.all()[:most])


def _pause(every: timedelta) -> timedelta:
    """After a try that failed (the stick is not plugged in) the next comes sooner than the schedule says."""
    return min(every, timedelta(minutes=15))
