"""What somebody who looks after the node must hear wherever they begin: shown on the home page."""

from functools import partial

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from ansinh.upkeep import queries

KEPT_SECONDS = 60


def node_warnings(request: HttpRequest) -> dict[str, object]:
    """`node_warnings`: sentences, worked out only when a template asks and the reader looks after backups."""
    return {"node_warnings": SimpleLazyObject(partial(_warnings, request))}


def _warnings(request: HttpRequest) -> list[str]:
    context = getattr(request, "context", None)
    if context is None or not context.role or not context.has("backup.open"):
        return []
    late = cache.get("backup-late")
    if late is None:
        late = queries.standing().late
        cache.set("backup-late", late, KEPT_SECONDS)
    return [_("Đã lâu không có bản sao lưu tốt nào. Mất máy lúc này là mất dữ liệu.")] if late else []
