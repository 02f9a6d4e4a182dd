"""Choose a tool for a person, fill it in, see what it means."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import contacts
from ansinh.clinical.screening import actions, presenting, queries, rules
from ansinh.clinical.screening.plain_form import PlainForm
from ansinh.fhir.model import json
from ansinh.fhir.store import Repository
from ansinh.fhir.validation import responses
from ansinh.kernel.errors import Conflict, Invalid, Malformed, NotFound
from ansinh.kernel.ids import new_id
from ansinh.kernel.text import format_date, format_number
from ansinh.ui import htmx, messages
from ansinh.ui.language import in_language, language
from ansinh.ui.refusals import refusal_in_language
from ansinh.ui.tables import Column, Link, Table, Tag


def _person(request: HttpRequest, person_id: UUID) -> dict[str, Any]:
    patient = Repository(request.context).read("Patient", str(person_id))  # type: ignore[attr-defined]
    return {"person_id": str(person_id), "patient": patient, "person": presenting.person_facts(patient)}


@requires("screening.write")
def choose(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The tools, and what was found with them before."""
    context = request.context  # type: ignore[attr-defined]
    page = _person(request, person_id)
    results = queries.screening_history(context, str(person_id))
    spoken = language()
    last = {result.tool: result for result in reversed(results)}
    page["tools"] = [
        {
            "title": tool.title.in_language(spoken),
            "purpose": in_language(tool.purpose),
            "url": reverse("screening_new", args=[person_id, tool.id]),
            "last": _short(last[tool.id]) if tool.id in last else "",
        }
        for tool in queries.tools(context)
    ]
    page["history"] = _history_table(results, person_id, spoken)
    return render(request, "screening/choose.html", page)


def _short(result: queries.Result) -> str:
    values = {"day": format_date(result.authored), "score": format_number(result.value), "band": result.band}
    if result.value is None:
        return _("Lần gần nhất: %(day)s") % values
    return _("Lần gần nhất: %(day)s, %(score)s điểm") % values


def _history_table(results: list[queries.Result], person_id: UUID, spoken: str) -> Table:
    rows = [
        {
            "authored": result.authored,
            "tool": Link(
                result.title.in_language(spoken), reverse("screening_result", args=[person_id, result.response_id])
            ),
            "score": result.value,
            "band": Tag(result.meaning.in_language(spoken), result.tone) if result.band else None,
        }
        for result in results
    ]
    columns = [
        Column("authored", _("Ngày"), "date"),
        Column("tool", _("Bộ câu hỏi"), "link", header=True),
        Column("score", _("Điểm"), "number"),
        Column("band", _("Mức"), "tag"),
    ]
    return Table(columns, rows, caption=_("Kết quả trước đây"), empty=_("Chưa có lần sàng lọc nào."))


Record = Callable[[Any, str], actions.Recorded]


@requires("screening.write")
def new(request: HttpRequest, person_id: UUID, name: str) -> HttpResponse:
    """The form of one tool; saving leads to the result. What was answered comes back with what is wrong."""
    visit = request.POST.get("visit", "") if request.method == "POST" else request.GET.get("lan-kham", "")

    def record(response: Any, key: str) -> actions.Recorded:
        return actions.record_screening(
            context=request.context,  # type: ignore[attr-defined]
            patient_id=str(person_id),
            questionnaire=name,
            response=response,
            encounter_id=visit or None,
            key=key,
        )

    return fill(request, person_id, name, record, visit=visit, told=_("Đã lưu phiếu sàng lọc."))


def fill(
    request: HttpRequest, person_id: UUID, name: str, record: Record, *, told: str, visit: str = ""
) -> HttpResponse:
    """The form of a questionnaire, drawn or sent: `record(response, key)` stores what was answered, `told` says so."""
    page = _person(request, person_id) | {"name": name, "key": _key(request), "visit": visit}
    definition = queries.questionnaire(name)
    if request.method != "POST":
        return _form(request, page, definition)
    response: Any = None
    plain = _plain(request, definition)
    try:
        if plain is not None and not plain.is_valid():
            return _form(request, page, definition, plain=plain)
        response = plain.response() if plain is not None else json.loads(request.POST.get("response", ""))
        recorded = record(response, page["key"])
    except (Invalid, Malformed, Conflict) as error:
        return _form(request, page, definition, response=response, error=error, plain=plain)
    messages.done(request, told)
    return htmx.redirect(request, reverse("screening_result", args=[person_id, recorded.response_id]))


def _above(definition: dict[str, Any], person_id: UUID) -> tuple[str, str]:
    """(address, words) of the page above a form: assessments belong to rehabilitation."""
    uses = [one.get("valueCodeableConcept", {}) for one in definition.get("useContext", [])]
    codes = {coding.get("code") for use in uses for coding in use.get("coding", [])}
    try:
        if queries.ASSESSMENT in codes:
            return reverse("rehab_assessments", args=[person_id]), _("Lượng giá")
    except NoReverseMatch:  # an installation without that app
        pass
    return reverse("screening_choose", args=[person_id]), _("Sàng lọc")


def _plain(request: HttpRequest, definition: dict[str, Any]) -> PlainForm | None:
    """The form as sent without JavaScript; None when the form component sent its response."""
    if "plain" not in request.POST or request.POST.get("response"):
        return None
    return PlainForm(definition, language(), request.POST)


def _key(request: HttpRequest) -> str:
    """The id of the response to be: made with the form, so that sending it twice stores it once."""
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        return new_id()


def _form(
    request: HttpRequest,
    page: dict[str, Any],
    definition: dict[str, Any],
    *,
    response: Any = None,
    error: Invalid | Malformed | Conflict | None = None,
    plain: PlainForm | None = None,
) -> HttpResponse:
    spoken = language()
    if plain is not None and error is not None:
        plain.refuse(error)
    problems = error.problems if error else ()
    linked = [{"link": responses.link_of(p), "message": refusal_in_language(p.message)} for p in problems]
    linked = [problem for problem in linked if problem["link"]]
    scripts = [presenting.json_script(definition)]
    if isinstance(response, dict) and response.get("resourceType") == "QuestionnaireResponse":
        scripts.append(presenting.json_script(response))
    if linked:
        scripts.append(presenting.json_script(linked))
    page |= {
        "title": rules.text(definition, "title").in_language(spoken),
        "above": _above(definition, page["person_id"]),
        "definition": definition,
        "scripts": scripts,
        "draft": _draft_key(request, page),
        "error": error if error and not linked and plain is None else None,
        "plain": plain or PlainForm(definition, spoken),
        "project_translation": rules.is_project_translation(definition),
    }
    return render(request, "screening/new.html", page, status=422 if error or plain is not None else 200)


def _draft_key(request: HttpRequest, page: dict[str, Any]) -> str:
    """Drafts belong to one account, one person and one tool."""
    login = request.context.login  # type: ignore[attr-defined]
    return f"screening:{login}:{page['person_id']}:{page['name']}"


@requires("person.open")
def result(request: HttpRequest, person_id: UUID, response_id: UUID) -> HttpResponse:
    """One filled questionnaire: total, band, what it asks for, every answer, and the totals before it."""
    context = request.context  # type: ignore[attr-defined]
    page = _person(request, person_id)
    response = Repository(context).read("QuestionnaireResponse", str(response_id))
    if response.get("subject", {}).get("reference") != f"Patient/{person_id}":
        raise NotFound(_("Không tìm thấy phiếu này."))
    definition = queries.questionnaire_of(response)
    spoken = language()
    assessment = rules.assess(definition, response, page["patient"])
    results = queries.screening_history(context, str(person_id))
    page["name"] = definition["id"]
    same = [found for found in results if found.tool == definition["id"]]
    page |= {
        "title": rules.text(definition, "title").in_language(spoken),
        "above": _above(definition, person_id),
        "response": response,
        "definition": definition,
        "score": assessment.score,
        "band": assessment.band.label.in_language(spoken) if assessment.band else "",
        "tone": assessment.band.tone if assessment.band else "neutral",
        "findings": [
            {"text": finding.reason.in_language(spoken), "source": finding.source, "urgent": finding.code == "urgent"}
            for finding in assessment.findings
        ],
        "tasks": [
            (task, task.words(spoken))
            for task in queries.tasks_of(context, str(person_id))
            if task.focus.endswith(str(response_id))
        ],
        "answers": presenting.answers(definition, response, spoken),
        "chart": presenting.history_chart(definition, same, spoken),
        "draft": _draft_key(request, page),
        "project_translation": rules.is_project_translation(definition),
        "struck": response.get("status") == "entered-in-error",
        "retract_url": _retract_url(request, person_id, response),
    }
    return render(request, "screening/result.html", page)


def _retract_url(request: HttpRequest, person_id: UUID, response: dict[str, Any]) -> str:
    """Where the contact of this screening can be taken back, "" for readers who may not."""
    context = request.context  # type: ignore[attr-defined]
    found = response.get("encounter", {}).get("reference", "").rpartition("/")[2]
    contact = Repository(context).find("Encounter", found) if found else None
    mine = contact is not None and contacts.may_retract(context, contact)
    return reverse("entry_retract", args=[person_id, contact["id"]]) if contact and mine else ""
