"""Pages of what stays with a person: problems, vaccinations, growth, pregnancy."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.background import actions, queries, rules
from ansinh.clinical.background.forms import GrowthForm, PregnancyForm, ProblemForm, ShotForm
from ansinh.clinical.registry import queries as registry
from ansinh.clinical.registry.rules import age
from ansinh.clinical.registry.views.reading import entry_url, frame
from ansinh.clinical.registry.views.recording import Recording, recorded
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.fhir.store import Repository
from ansinh.kernel import clock
from ansinh.kernel.errors import NotFound, Stale, UserError
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import format_date
from ansinh.ui import charts, htmx, messages
from ansinh.ui.refusals import refusal_in_language
from ansinh.ui.tables import Column, Table

GROWN = 20  # years; curves are drawn for children and for those who were measured as such


@requires("person.open")
def person_background(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/benh/ – list of problems, vaccinations, growth, pregnancy."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    listed, other, resolved = queries.problems(context, card.id, language())
    draft = card.draft
    child = bool(draft.birth_date) and age(draft.birth_date, clock.today()).years < GROWN
    found = queries.growth(context, card.id, draft.birth_date, draft.gender) if child else {}
    pregnancy = queries.pregnancy(context, card.id) if draft.gender != "male" else None
    values = frame(request, card, "person_background") | {
        "listed": [(one, entry_url(card.id, "Condition", one.id)) for one in listed],
        "other": [(one, entry_url(card.id, "Condition", one.id)) for one in other],
        "resolved": [(one, entry_url(card.id, "Condition", one.id)) for one in resolved],
        "shots": [(row, entry_url(card.id, "Immunization", row["id"])) for row in queries.shots(context, card.id)],
        "growth": [_growth(name, points) for name, points in found.items()],
        "child": child,
        "tables": queries.growth_source() if child else None,
        "pregnancy": pregnancy,
        "weeks": pregnancy.weeks(clock.today()) if pregnancy else None,
        "asks_pregnancy": draft.gender != "male",
        "may_write": context.has("visit.write"),
        "may_import": context.has("result.ranges"),
    }
    return render(request, "background/person.html", values)


def _growth(name: str, points: list[queries.Growing]) -> dict[str, Any]:
    title = {"weight-for-age": _("Cân nặng theo tuổi"), "height-for-age": _("Chiều cao theo tuổi"),
             "bmi-for-age": _("BMI theo tuổi")}[name]  # fmt: skip
    unit = {"weight-for-age": "kg", "height-for-age": "cm", "bmi-for-age": "kg/m²"}[name]
    rows = [
        {
            "at": one.at,
            "months": one.days // 30,
            "value": charts.amount(one.value, unit),
            "z": rules.z_words(one.z) if one.z is not None else None,
        }
        for one in reversed(points)
    ]
    columns = [
        Column("at", _("Ngày"), "date", header=True),
        Column("months", _("Tháng tuổi"), "number"),
        Column("value", _("Giá trị"), numeric=True),
        Column("z", _("Điểm z"), numeric=True),
    ]
    chart = None
    if len(points) > 1:
        line = charts.Series(title, [(format_date(one.at), one.value) for one in points])
        chart = charts.LineChart(title, [line], unit=unit)
    return {"title": title, "chart": chart, "table": Table(columns, rows, caption=title)}


@requires("visit.write")
def problem_step(request: HttpRequest, id: Any, condition: str) -> HttpResponse:
    """GET, POST /nguoi/<id>/benh/<condition>/?viec= – put on the list, resolve, take up again."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    found = Repository(context).read("Condition", condition)
    if found.get("subject", {}).get("reference") != f"Patient/{card.id}":
        raise NotFound(_("Không tìm thấy mục này trong hồ sơ."))
    step = request.GET.get("viec", "resolve")
    initial = {"version": found["meta"]["versionId"], "step": step if step in actions.STEPS else "resolve",
               "day": clock.today().isoformat()}  # fmt: skip
    form = ProblemForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.step_problem(context, person_id=card.id, condition_id=condition, version=data["version"],
                                 step=data["step"], day=data["day"], words=data["words"])  # fmt: skip
        except Stale:
            form.add_error(None, _("Người khác vừa sửa mục này. Xem lại rồi lưu lần nữa."))
            form.renew(version=found["meta"]["versionId"])
        except UserError as error:
            form.refuse(error)
        else:
            messages.done(request, _("Đã lưu."))
            return htmx.redirect(request, reverse("person_background", args=[card.id]))
    values = frame(request, card, "", brief=True) | {
        "form": form,
        "step": form.data.get("step") or initial["step"],
        "name": found["code"].get("text", ""),
    }
    return render(request, "background/problem.html", values, status=422 if request.method == "POST" else 200)


@requires("visit.write")
def shot_new(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/tiem-chung/ – a vaccination."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = ShotForm(request.POST or None, initial={"entry_id": new_id(), "day": clock.today().isoformat()})
    form.fields["vaccine"].widget.attrs["list"] = "vac-xin"

    def write() -> str:
        shot, entry_id = form.shot(), form.cleaned_data["entry_id"]
        return actions.vaccinate(context, person_id=card.id, shot=shot, entry_id=entry_id)

    what = Recording(write, _("Đã lưu mũi tiêm."), "person_background", "Immunization")
    if answer := recorded(request, card, form, what):
        return answer
    values = frame(request, card, "", brief=True) | {"form": form, "vaccines": queries.vaccines(context)}
    return render(request, "background/shot.html", values, status=422 if request.method == "POST" else 200)


@requires("visit.write")
def pregnancy_new(request: HttpRequest, id: Any) -> HttpResponse:
    """GET, POST /nguoi/<id>/thai-nghen/ – whether somebody is pregnant, and since when."""
    context = context_of(request)
    card = registry.person(context, str(id), language())
    form = PregnancyForm(request.POST or None, initial={"entry_id": new_id(), "state": "pregnant"})

    def write() -> str:
        return actions.note_pregnancy(context, person_id=card.id, **form.cleaned_data)

    if answer := recorded(request, card, form, Recording(write, _("Đã lưu."), "person_background", "Observation")):
        return answer
    values = frame(request, card, "", brief=True) | {"form": form}
    return render(request, "background/pregnancy.html", values, status=422 if request.method == "POST" else 200)


@requires("result.ranges")
def growth_import(request: HttpRequest) -> HttpResponse:
    """GET, POST /tang-truong/bang/ – growth tables (LMS), as they are published."""
    form = GrowthForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            count = actions.import_growth(context_of(request), data=data["file"].read(), title=data["title"],
                                          source=data["source"])  # fmt: skip
        except UserError as error:
            form.add_error("file", "; ".join(refusal_in_language(one.message) for one in error.problems[:20]))
        else:
            messages.done(request, _("Đã nhập bảng: %(count)d dòng.") % {"count": count})
            return htmx.redirect(request, reverse("growth_import"))
    values = {"form": form, "source": queries.growth_source()}
    return render(request, "background/growth.html", values, status=422 if request.method == "POST" else 200)
