"""Goals, plan, conference and summing-up of one person."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry import record
from ansinh.clinical.registry.views.reading import frame, retract_url
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.clinical.rehab import exercises, planning, reading
from ansinh.clinical.rehab.plan_forms import ActivityForm, GoalForm, MeetingForm, ReasonForm, now_in_vietnam
from ansinh.clinical.rehab.views.showing import activity_rows, goal_rows, outcome_rows, slot_rows
from ansinh.kernel import clock
from ansinh.kernel.errors import Conflict, UserError
from ansinh.kernel.ids import new_id
from ansinh.ui import htmx, messages
from ansinh.ui.forms import Form
from ansinh.ui.refusals import refusal_in_language


def saved(
    request: HttpRequest, form: Form, act: Callable[[], Any], words: str, target: str, undo: str = ""
) -> HttpResponse | None:
    """The answer after saving; None when the action refused and the form is shown again."""
    try:
        act()
    except Conflict as error:
        messages.noted(request, refusal_in_language(error.message))
    except UserError as error:
        form.refuse(error)
        return None
    else:
        messages.done(request, words, undo=undo)
    return htmx.redirect(request, target)


def page(request: HttpRequest, card: registry.PersonCard, template: str, **values: Any) -> HttpResponse:
    """A page of one person; 422 when a form was sent and comes back."""
    shown = frame(request, card, "person_rehab", brief="form" in values)
    shown |= {"home": reverse("person_rehab", args=[card.id])} | values
    return render(request, template, shown, status=422 if request.method == "POST" else 200)


@requires("person.open")
def person_rehab(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/phuc-hoi/ – results over time, goals, plan by discipline, this week's timetable."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = reading.outcomes(context, card.id)
    facility = (card.stay.facility_id if card.stay else "") or card.draft.facility
    slots = reading.week(context, facility, reading.monday_of(clock.today()), card.id)
    return page(
        request,
        card,
        "rehab/person_rehab.html",
        outcomes=outcome_rows(card.id, found, language()),
        goals=goal_rows(card.id, reading.goal_lines(context, card.id, found=found), language()),
        plan=activity_rows(card.id, reading.planned(context, card), language()),
        days=slot_rows(slots, language()),
        may_plan=context.has("rehab.plan") and not card.deceased,
        may_write=context.has("rehab.write") and not card.deceased,
    )


@requires("rehab.plan")
def rehab_goal(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/phuc-hoi/muc-tieu/ – a goal."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = GoalForm(request.POST or None, initial={"goal_id": new_id()}, language=language())
    if request.method == "POST" and form.is_valid():
        goal_id = form.cleaned_data["goal_id"]

        def act() -> None:
            planning.set_goal(context, person_id=card.id, draft=form.draft(), goal_id=goal_id)

        undo = reverse("rehab_goal_off", args=[card.id, new_id() if len(goal_id) != 36 else goal_id])
        if answer := saved(request, form, act, _("Đã đặt mục tiêu."), _home(card.id), undo):
            return answer
    outcomes = outcome_rows(card.id, reading.outcomes(context, card.id), language())
    return page(request, card, "rehab/goal.html", form=form, outcomes=outcomes)


def _home(person_id: str) -> str:
    return reverse("person_rehab", args=[person_id])


@requires("rehab.plan")
def rehab_goal_off(request: HttpRequest, id: Any, goal: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/phuc-hoi/muc-tieu/<mục tiêu>/ghi-nham/ – a goal was entered in error."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = planning.goal_of(context, card.id, str(goal))

    def act(reason: str) -> None:
        planning.write_goal_off(context, person_id=card.id, goal_id=str(goal), reason=reason)

    what = str(found.get("description", {}).get("text", ""))
    return _reason(request, card, act, what, _("Đánh dấu ghi nhầm"), _("Đã đánh dấu ghi nhầm."))


def _reason(
    request: HttpRequest, card: registry.PersonCard, act: Callable[[str], None], what: str, button: str, done: str
) -> HttpResponse:
    """Asks why, then acts."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if answer := saved(request, form, lambda: act(reason), done, _home(card.id)):
            return answer
    return page(request, card, "rehab/reason.html", form=form, what=what, button=button)


@requires("rehab.plan")
def rehab_activity(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/phuc-hoi/ke-hoach/ – a line of the plan."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    lines = reading.goal_lines(context, card.id, found=())
    initial = {"activity_id": new_id(), "times": 3, "minutes": 30}
    form = ActivityForm(request.POST or None, initial=initial, person=card.id, lines=lines, language=language())
    if request.method == "POST" and form.is_valid():

        def act() -> None:
            planning.plan_activity(context, person_id=card.id, activity=form.activity())

        if answer := saved(request, form, act, _("Đã thêm vào kế hoạch."), _home(card.id)):
            return answer
    return page(request, card, "rehab/activity.html", form=form)


@requires("rehab.plan")
def rehab_activity_stop(request: HttpRequest, id: Any, activity: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/phuc-hoi/ke-hoach/<dòng>/dung/ – a line of the plan stops."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    line = next((one for one in reading.planned(context, card) if one.id == str(activity)), None)

    def act(reason: str) -> None:
        planning.stop_activity(context, person_id=card.id, activity_id=str(activity), reason=reason)

    words = line.words if line else ""
    return _reason(request, card, act, words, _("Dừng việc này"), _("Đã dừng một việc của kế hoạch."))


@requires("rehab.plan")
def rehab_conference(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/phuc-hoi/hoi-chan/ – a conference of the team."""
    return _meeting(request, id, last=False)


@requires("rehab.plan")
def rehab_discharge(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/phuc-hoi/tong-ket/ – what was reached; saving ends the plan. Prints as the report."""
    return _meeting(request, id, last=True)


def _meeting(request: HttpRequest, id: Any, *, last: bool) -> HttpResponse:
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = reading.outcomes(context, card.id)
    lines = reading.goal_lines(context, card.id, found=found)
    initial = {"entry_id": new_id(), "moment": now_in_vietnam()}
    form = MeetingForm(request.POST or None, initial=initial, lines=lines, last=last)
    if request.method == "POST" and form.is_valid():
        entry = form.cleaned_data["entry_id"]

        def act() -> None:
            planning.meet(context, person_id=card.id, meeting=form.meeting(), entry_id=entry, last=last)

        words = _("Đã lưu tổng kết; kế hoạch kết thúc.") if last else _("Đã lưu hội chẩn.")
        if answer := saved(request, form, act, words, _home(card.id), retract_url(card.id, entry)):
            return answer
    values = {
        "form": form,
        "last": last,
        "outcomes": outcome_rows(card.id, found, language()),
        "goals": goal_rows(card.id, lines, language()),
        "plan": activity_rows(card.id, reading.planned(context, card), language()),
        "techniques": record.practised(context, card.id, language()) if last else [],
        "problems": record.problems(context, card.id, language()) if last else [],
    }
    return page(request, card, "rehab/meeting.html", **values)


@requires("person.open")
def rehab_home_sheet(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/phuc-hoi/tai-nha/ – the sheet of home exercises, for print."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    known = exercises.exercises()
    lines = [line for line in reading.planned(context, card) if line.kind == "exercise" and line.code in known]
    return page(request, card, "rehab/home_sheet.html", lines=[(line, known[line.code]) for line in lines])
