"""Emergency access: open, end, and the list of who looks at it afterwards."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ansinh.access.audit import words
from ansinh.access.emergency import actions, contexts, forms, queries
from ansinh.access.models import EmergencyAccess, User
from ansinh.access.permissions import requires
from ansinh.access.queries import unit_names
from ansinh.access.standing import held_by_role
from ansinh.fhir.store.audit import trail
from ansinh.kernel import clock
from ansinh.kernel.errors import UserError


@requires(contexts.OPENS)
@never_cache
def emergency(request: HttpRequest) -> HttpResponse:
    """Open a record with a reason; while one is open, what it is and how to end it."""
    user: User = request.user  # type: ignore[assignment]
    access = queries.in_force(user, request.session.get(contexts.SESSION))
    if access is not None:
        return render(request, "access/emergency_open.html", {"access": access, "minutes": actions.MINUTES})
    form = forms.OpenForm(request.POST or None, initial={"person": request.GET.get("nguoi", "")})
    if request.method == "POST" and form.is_valid():
        try:
            access = actions.open_emergency(held_by_role(request), user=user, **form.cleaned_data)
        except UserError as error:
            form.refuse(error)
        else:
            request.session[contexts.SESSION] = access.pk
            return redirect("emergency")
    page = {"form": form, "minutes": actions.MINUTES}
    return render(request, "access/emergency.html", page, status=422 if form.errors else 200)


@requires(contexts.OPENS)
@require_POST
def emergency_end(request: HttpRequest) -> HttpResponse:
    """Back to one's usual rights."""
    access = queries.in_force(request.user, request.session.pop(contexts.SESSION, None))  # type: ignore[arg-type]
    if access is not None:
        actions.end_emergency(access=access)
        messages.success(request, _("Đã kết thúc mở khẩn cấp."))
    return redirect("home")


@requires("emergency.review")
@never_cache
def emergencies(request: HttpRequest) -> HttpResponse:
    """What waits to be looked at, then what was."""
    context = request.context  # type: ignore[attr-defined]
    names = unit_names(clock.today().isoformat())
    rows = [(one, names.get(one.unit, "")) for one in queries.to_review(context)]
    return render(request, "access/emergencies.html", {"rows": rows})


@requires("emergency.review")
@never_cache
def emergency_review(request: HttpRequest, access_id: int) -> HttpResponse:
    """One emergency access: who, why, what was looked at, and the conclusion."""
    context = request.context  # type: ignore[attr-defined]
    access = queries.one(context, access_id)
    form = forms.ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.review(
                context,
                access=access,
                reviewer=request.user,  # type: ignore[arg-type]
                justified=form.cleaned_data["justified"] == "1",
                note=form.cleaned_data["note"],
            )
        except UserError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Đã ghi kết luận."))
            return redirect("emergencies")
    page = {"access": access, "form": form, "lines": words.lines(context, _rows(access))}
    return render(request, "access/emergency_review.html", page, status=422 if form.errors else 200)


def _rows(access: EmergencyAccess) -> list[trail.Happened]:
    """What was looked at under it. Who reviews need not see the person: these rows are the reader's own deeds."""
    from ansinh.fhir.index.numbers import key

    values = [key("Patient", access.person), str(access.user_id), contexts.PURPOSE]
    found = trail.find("a.patient = %s AND w.login = %s AND w.purpose = %s", values, 200)
    return [row for row in found if access.started <= row.at <= (access.ended or access.until)]
