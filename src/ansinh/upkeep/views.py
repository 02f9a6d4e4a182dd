"""The page about backups, for who looks after the node."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.upkeep import queries, schedule


@requires("backup.open")
def backups(request: HttpRequest) -> HttpResponse:
    """When the last good one was made, what went wrong since, and a button for one now."""
    if request.method == "POST":
        if schedule.waiting():
            messages.info(request, _("Một lần sao lưu đang được làm."))
        else:
            schedule.ask(request.context, full=request.POST.get("full") == "1")  # type: ignore[attr-defined]
            messages.success(request, _("Đã yêu cầu sao lưu; trang này cho biết khi xong."))
        return redirect("backups")
    page = {
        "standing": queries.standing(),
        "rows": queries.latest(),
        "waiting": schedule.waiting(),
        "place": settings.BACKUPS.to.partition("?")[0],
        "every": settings.BACKUPS.every.total_seconds() / 3600,
    }
    return render(request, "upkeep/backups.html", page)
