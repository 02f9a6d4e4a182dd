"""Emergency accesses: the one under way, those to look at."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from ansinh.access.models import EmergencyAccess, User
from ansinh.kernel import clock
from ansinh.kernel.context import EVERYWHERE, Context
from ansinh.kernel.errors import NotFound

PAGE = 50


def in_force(user: User, number: object) -> EmergencyAccess | None:
    """The user's own emergency access of this number, while it lasts."""
    if not isinstance(number, int):
        return None
    return EmergencyAccess.objects.filter(pk=number, user=user, ended__isnull=True, until__gt=clock.now()).first()


def to_review(context: Context) -> Sequence[EmergencyAccess]:
    """Those of the reader's staff, or to people of the reader's units: what waits first, then the newest."""
    return list(_visible(context).select_related("user", "reviewer").order_by("-waits", "-pk")[:PAGE])


def one(context: Context, number: int) -> EmergencyAccess:
    """Raises NotFound for one that is not there or not this reader's to look at."""
    found = _visible(context).filter(pk=number).select_related("user").first()
    if found is None:
        raise NotFound("Không có lần mở khẩn cấp này.")
    return found


def _visible(context: Context) -> "QuerySet[EmergencyAccess]":
    found = EmergencyAccess.objects.all()
    if EVERYWHERE in context.reach:
        return found
    return found.filter(Q(unit__in=context.reach) | Q(person_unit__in=context.reach))
