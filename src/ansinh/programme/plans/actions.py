"""An officer tells how far a task of a plan has come."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, NotFound, Refused
from ansinh.kernel.text import nfc
from ansinh.programme.plans import resources, rules
from ansinh.programme.plans.definition import Plan


def update_progress(
    context: Context, *, plan: Plan, task: str, status: str, progress: int, note: str, version: int
) -> int:
    """Set state and progress of a task that the reader's unit, or one below it, carries; returns the new version.

    version: the Task's version that the form was drawn from. Finishing a yearly task moves it to next year's
    deadline; there it begins anew. Raises Refused, NotFound, Stale, Invalid (unknown state, progress that does not
    fit, no word on why it was stopped).
    """
    if not context.has("task.programme"):
        raise Refused(_("Vai trò của anh/chị không cập nhật được nhiệm vụ."))
    definition = plan.task(task)
    if definition is None:
        raise NotFound("Không tìm thấy nhiệm vụ.")
    text = nfc(note)
    _check(status, progress, text)
    repository = Repository(context)
    stored = repository.read("Task", resources.task_id(plan.id, task))
    today, end = clock.today(), _due(stored)
    due, ended = None, None
    if status == "completed" and definition.recurrence == "yearly":
        after = (end or today) + timedelta(days=1)
        due = rules.next_due("yearly", None, definition.month_day, plan.end, after)
        if due:
            status, text = "in-progress", text or _("Đã xong kỳ này.")
    if status in ("completed", "cancelled"):
        ended = today
    changed = resources.progressed_task(
        stored,
        status=status,
        progress=0 if due else rules.settled(status, progress),
        note=text,
        author=context.display or context.role,
        at=clock.now(),
        ended=ended,
        due=due,
    )
    return repository.update(changed, if_match=version).version


def _due(task: dict) -> date | None:
    end = task.get("restriction", {}).get("period", {}).get("end")
    return date.fromisoformat(end[:10]) if end else None


def _check(status: str, progress: int, note: str) -> None:
    if status not in rules.STATES:
        raise Invalid(_("Chọn một trạng thái trong danh sách."), code="task-state", field="status")
    if not 0 <= progress <= 100:
        raise Invalid(_("Tiến độ phải từ 0 đến 100 phần trăm."), code="task-progress", field="progress")
    if status in ("on-hold", "cancelled") and not note:
        raise Invalid(_("Cần ghi lý do khi tạm dừng hoặc không làm nữa."), code="task-note", field="note")
