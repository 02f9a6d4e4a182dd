"""All looks, one after another; one that fails is a finding itself."""

from collections.abc import Sequence

from ansinh.upkeep.doctor import machine, node
from ansinh.upkeep.doctor.findings import Finding, Look, bad

LOOKS: Sequence[Look] = (
    machine.versions, machine.owner, machine.secrets, machine.exposure, machine.disk, machine.time_of_day,
    machine.certificate, node.database, node.worker, node.backups, node.accounts,
)  # fmt: skip


def everything(*, full: bool = False, looks: Sequence[Look] = LOOKS) -> list[Finding]:
    """What every look found, in order; `full`: the journal too."""
    found: list[Finding] = []
    for look in (*looks, node.journal_whole) if full else looks:
        try:
            found += look()
        except Exception as error:  # noqa: BLE001  (a look that breaks must not hide the others)
            found.append(bad(f"Không xem được {look.__name__} ({type(error).__name__}).", "Xem nhật ký máy chủ."))
    return found
