"""Making a backup and writing down how it went."""

import time

from django.conf import settings

from ansinh.kernel.errors import UserError
from ansinh.upkeep.backup import making, places
from ansinh.upkeep.models import BackupRow

KEPT_TRIES = 500


def back_up(to: str = "", *, full: bool = False) -> BackupRow:
    """Write the next segment to a place (default: the node's) and forget chains that are no longer kept.

    Raises UserError when it could not be made; the try is written down all the same.
    """
    start, address = time.monotonic(), to or settings.BACKUPS.to
    try:
        place = places.place(address)
        made = making.make(place, full=full, longest=settings.BACKUPS.chain)
        making.forget_old(place, settings.BACKUPS.keep)
    except UserError as error:
        _note(place=_shown(address), error=error.message)
        raise
    except OSError as error:
        message = f"Không ghi được vào nơi sao lưu: {error.strerror or type(error).__name__}."
        _note(place=_shown(address), error=message)
        raise UserError(message, code="backup-place") from error
    return _note(
        place=place.words, name=made.name, after=made.after, upto=made.upto, size=made.size,
        seconds=time.monotonic() - start,
    )  # fmt: skip


def _note(**values: object) -> BackupRow:
    row = BackupRow.objects.create(**values)
    BackupRow.objects.filter(pk__lte=row.pk - KEPT_TRIES).delete()
    return row


def _shown(address: str) -> str:
    """An address without what follows its path."""
    return address.partition("?")[0][:300]
