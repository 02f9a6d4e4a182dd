"""The person page: overview, timeline, papers and stays, and the versions of every entry."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from ansinh.access.permissions import requires
from ansinh.clinical.registry import contacts, presenting, queries, readable, record, timeline
from ansinh.clinical.registry.retractions import Retraction, retraction_of
from ansinh.clinical.registry.views.requests import context_of, language
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import admin_units, concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import NotFound
from ansinh.kernel.naming import EXT
from ansinh.kernel.text import format_date, format_number
from ansinh.ui import charts
from ansinh.ui.language import in_language

ICONS = {
    "visit": "heart",
    "periodic-check": "pulse",
    "rehab-session": "rehab",
    "screening": "form",
    "result": "report",
    "medicine": "card",
    "vaccination": "good",
    "stay": "stay",
    "task": "task",
    "insurance": "card",
    "other": "info",
}
_OWNERS = ("subject", "patient", "beneficiary", "for")
_READABLE = tuple(readable.TYPES)


def _place(name: str, *args: Any) -> str:
    """The address of a page, "" when its app is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def frame(request: HttpRequest, card: queries.PersonCard, current: str, *, brief: bool = False) -> dict[str, Any]:
    """What every page of one person shows around its content: banner, tabs, what may be done.

    brief: only who it is, for pages where something is typed: on a phone the whole banner fills the screen.
    """
    pages = (
        ("person", _("Tổng quan")),
        ("person_timeline", _("Diễn biến")),
        ("person_results", _("Xét nghiệm")),
        ("person_medicines", _("Thuốc")),
        ("person_background", _("Bệnh, tiêm chủng")),
        ("person_rehab", _("Phục hồi")),
        ("person_devices", _("Dụng cụ")),
        ("records", _("Bệnh án")),
        ("person_papers", _("Giấy tờ, lưu trú")),
    )
    return {
        "card": card,
        "banner": presenting.banner(card, clock.today(), language(), brief=brief),
        "tabs": [(text, url, name == current) for name, text in pages if (url := _place(name, card.id))],
        "actions": _actions(context_of(request), card),
    }


def _actions(context: Context, card: queries.PersonCard) -> list[dict[str, str]]:
    """What this reader may do for this person, the most frequent first."""
    offered = [
        ("visit.write", "visit_new", _("Khám"), "heart", not card.deceased),
        ("visit.write", "check_new", _("Khám định kỳ"), "pulse", not card.deceased),
        ("rehab.write", "rehab_new", _("Tập phục hồi"), "rehab", not card.deceased),
        ("stay.admit", "stay_admit", _("Tiếp nhận"), "stay", card.stay is None and not card.deceased),
        ("ward.work", "bed_assign", _("Giường, đi vắng"), "stay", card.stay is not None),
        ("stay.discharge", "stay_discharge", _("Kết thúc lưu trú"), "stay", card.stay is not None),
        ("person.correct", "person_edit", _("Sửa thông tin"), "edit", True),
    ]
    shown = []
    for permission, name, text, icon, fits in offered:
        url = _place(name, card.id)
        if url and fits and context.has(permission):
            shown.append({"url": url, "text": text, "icon": icon})
    return shown


@requires("person.open")
def person(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/ – overview: problems, last values, screenings, tasks, rehabilitation, following."""
    context, spoken = context_of(request), language()
    card = queries.person(context, str(id), language())
    following = record.managed(context, card, clock.today())
    words = record.measure_words()
    values = frame(request, card, "person") | {
        "problems": record.problems(context, card.id, spoken),
        "trends": [_trend(one) for one in sorted(record.trends(context, card.id), key=_place_of)],
        "screenings": [_screening(card.id, one) for one in record.screenings(context, card.id)],
        "tasks": [(task, _place("task", task.id)) for task in record.open_tasks(context, card.id, spoken)],
        "techniques": record.practised(context, card.id, spoken),
        "following": following,
        "missing": [in_language(words["missing"][key]) for key in following.missing],
        "measure": words,
        "tools": _tools(context, card),
        "recent": _shown(card.id, timeline.timeline(context, card.id, language=spoken).entries[:5]),
    }
    return render(request, "registry/person.html", values)


_FIRST = ("85354-9", "8867-4", "29463-7", "39156-5", "15074-8", "2339-0", "8310-5", "2708-6")


def _place_of(trend: record.Trend) -> int:
    """Pressure, pulse and weight stand first; what is rarely looked at stands last."""
    return _FIRST.index(trend.code) if trend.code in _FIRST else len(_FIRST)


def _trend(trend: record.Trend) -> dict[str, Any]:
    at, value, _id = trend.points[-1]
    shown = format_number(value)
    if trend.second:
        shown = f"{shown}/{format_number(trend.second[-1])}"
    return {
        "label": timeline.measure_label(trend.code),
        "value": shown,
        "unit": in_language(trend.unit),
        "at": at,
        **_spark(trend.points),
    }


def _spark(points: Any) -> dict[str, Any]:
    """The small line of two values or more, and the words that stand for it."""
    values = [float(number) for _when, number, _id in points]
    words = {"count": len(values), "first": format_number(points[0][1]), "last": format_number(points[-1][1])}
    spoken = _("%(count)d lần đo, đầu %(first)s, cuối %(last)s") % words
    return {"path": charts.spark_path(values) if len(values) > 1 else "", "said": spoken}


def _screening(person_id: str, one: record.Screening) -> dict[str, Any]:
    at, value, source = one.points[-1]
    return {
        "label": timeline.measure_label(one.code) if one.code else one.tool,
        "value": format_number(value),
        "at": at,
        "url": entry_url(person_id, "Observation", source),
        **_spark(one.points),
    }


def _tools(context: Context, card: queries.PersonCard) -> list[tuple[str, str]]:
    """Screening tools that can be filled in for this person."""
    if not context.has("screening.write") or card.deceased:
        return []
    tools = (("phq-9", "PHQ-9"), ("gad-7", "GAD-7"), ("audit-c", "AUDIT-C"), ("barthel", "Barthel"))
    found = [(label, _place("screening_new", card.id, name)) for name, label in tools]
    return [(label, url) for label, url in found if url]


def entry_url(person_id: str, resource_type: str, resource_id: str) -> str:
    """Where an entry of the record is opened."""
    return f"{reverse('person_versions', args=[person_id])}?loai={resource_type}&id={resource_id}"


def retract_url(person_id: str, entry_id: str, resource_type: str = "Encounter") -> str:
    """Where a contact, or a stay, is marked as entered in error; "" for other entries."""
    pages = {"Encounter": "entry_retract", "EpisodeOfCare": "stay_retract"}
    if resource_type in pages:
        return _place(pages[resource_type], person_id, entry_id)
    return _place("item_retract", person_id, resource_type, entry_id)


def entry_words(resource: dict[str, Any]) -> str:
    """An entry of a contact in a few words of the reader's language, read from the entry itself."""
    coding = (resource.get("code", {}).get("coding") or [{}])[0]
    code, spoken = coding.get("code", ""), language()
    match resource["resourceType"]:
        case "Observation":
            words = timeline.measure_label(code)
        case "Condition":
            words = f"{code} – {record.disease({'code': code, 'display': coding.get('display')}, spoken)}"
        case "Procedure":
            words = concepts.display(coding.get("system", ""), code, spoken)
        case "MedicationRequest" | "MedicationAdministration" | "MedicationDispense":
            words = resource.get("medicationCodeableConcept", {}).get("text", "")
        case "Immunization":
            words = resource.get("vaccineCode", {}).get("text", "")
        case "ClinicalImpression" | "QuestionnaireResponse" | "Task":
            words = ""
        case _:
            words = resource.get("code", {}).get("text", "")
    return ": ".join(filter(None, (readable.type_label(resource["resourceType"]), words)))


def _shown(person_id: str, entries: Any) -> list[dict[str, Any]]:
    return [
        {
            "when": entry.at,
            "title": entry.title,
            "lines": entry.lines,
            "struck": _struck(entry.retraction) if entry.retraction else "",
            "icon": ICONS.get(entry.kind, "info"),
            "url": entry_url(person_id, entry.type, entry.id),
        }
        for entry in entries
    ]


@requires("person.open")
def person_timeline(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/dien-bien/?loai=&sau= – everything that happened, a page at a time."""
    context = context_of(request)
    card = queries.person(context, str(id), language())
    kind, after = request.GET.get("loai", ""), request.GET.get("sau", "")
    page = timeline.timeline(context, card.id, kind=kind, after=after, language=language())
    here = reverse("person_timeline", args=[card.id])
    values = frame(request, card, "person_timeline") | {
        "entries": _shown(card.id, page.entries),
        "kinds": [(text, f"{here}?loai={one}" if one else here, one == kind) for one, text in _kinds()],
        "after": page.after,
        "kind": kind,
        "later": bool(after),
    }
    return render(request, "registry/person_timeline.html", values)


def _kinds() -> list[tuple[str, str]]:
    return [
        ("", _("Tất cả")),
        ("visit", _("Khám")),
        ("periodic-check", _("Khám định kỳ")),
        ("rehab-session", _("Phục hồi chức năng")),
        ("screening", _("Sàng lọc")),
        ("result", _("Kết quả")),
        ("medicine", _("Thuốc")),
        ("vaccination", _("Tiêm chủng")),
        ("stay", _("Lưu trú")),
        ("task", _("Việc")),
        ("insurance", _("Bảo hiểm")),
        ("other", _("Khác")),
    ]


@requires("person.open")
def person_papers(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/giay-to/ – identity, groups, guardian, insurance and every stay."""
    context = context_of(request)
    card = queries.person(context, str(id), language())
    repository = Repository(context)
    person_rows = readable.rows(repository.read("Patient", card.id), said)
    coverage = repository.find("Coverage", card.coverage_id) if card.coverage_id else None
    values = frame(request, card, "person_papers") | {
        "person_rows": person_rows,
        "coverage_rows": readable.rows(coverage, said) if coverage else [],
        "coverage_url": entry_url(card.id, "Coverage", card.coverage_id) if coverage else "",
        "stays": [(stay, entry_url(card.id, "EpisodeOfCare", stay.id)) for stay in card.stays],
        "versions_url": reverse("person_versions", args=[card.id]),
    }
    return render(request, "registry/person_papers.html", values)


def said(system: str, code: str) -> str:
    """Words of a code in the reader's language, units of today's administration among them."""
    if system in (EXT("commune-code"), EXT("province-code")):
        unit = admin_units.get(code)
        return unit.full_name if unit else code
    return concepts.display(system, code, language())


@requires("person.open")
def person_versions(request: HttpRequest, id: Any) -> HttpResponse:
    """GET /nguoi/<id>/phien-ban/?loai=&id= – one entry as it stands, and what changed from version to version."""
    context = context_of(request)
    card = queries.person(context, str(id), language())
    resource_type = request.GET.get("loai") or "Patient"
    resource_id = request.GET.get("id") or (card.id if resource_type == "Patient" else "")
    current = _entry(context, card.id, resource_type, resource_id)
    versions = Repository(context).history(resource_type, resource_id)
    values = frame(request, card, "") | {
        "title": readable.type_label(resource_type),
        "rows": readable.rows(current, said),
        "versions": _steps(versions),
        "parts": _parts(context, card.id, resource_type, resource_id),
        "within": _within(card.id, current),
        "retraction": _struck(found) if (found := retraction_of(current)) else "",
        "retract_url": _retract_url(context, card.id, current),
    }
    return render(request, "registry/person_versions.html", values)


def _entry(context: Context, person_id: str, resource_type: str, resource_id: str) -> dict[str, Any]:
    """The entry, when it is of a readable type and belongs to this person; NotFound otherwise."""
    if resource_type in _READABLE and resource_id:
        resource = Repository(context).read(resource_type, resource_id)
        owners = [resource.get(name, {}) for name in _OWNERS]
        mine = any(isinstance(one, dict) and one.get("reference") == f"Patient/{person_id}" for one in owners)
        if mine or (resource_type, resource_id) == ("Patient", person_id):
            return resource
    raise NotFound(_("Không tìm thấy mục này trong hồ sơ."))


def _steps(versions: Any) -> list[dict[str, Any]]:
    """Each version with what it changed, the newest first."""
    steps = []
    for newer, older in zip(versions, [*versions[1:], None], strict=True):
        before = older.body if older else None
        changed = readable.differences(before, newer.body, said) if before and newer.body else []
        steps.append(
            {
                "version": newer.version,
                "at": newer.updated,
                "author": newer.author,
                "changes": changed,
                "first": older is None,
                "deleted": newer.body is None,
            }
        )
    return steps


def _parts(context: Context, person_id: str, resource_type: str, resource_id: str) -> list[dict[str, str]]:
    """Entries written within a contact, each with its link."""
    if resource_type != "Encounter":
        return []
    if retraction_of(Repository(context).read("Encounter", resource_id)):
        gone = contacts.entries(context, resource_id)  # they stand in no live view any more
        return [
            {"text": entry_words(one), "kind": "", "url": entry_url(person_id, one["resourceType"], one["id"])}
            for one in gone
        ]
    return [
        {"text": text, "kind": readable.type_label(kind), "url": entry_url(person_id, kind, one)}
        for kind, one, text in timeline.parts(context, person_id, resource_id, language())
    ]


def _struck(why: Retraction) -> str:
    """Why, who and when, in one sentence of the timeline."""
    at = f"{format_date(why.at)} {why.at[11:16]}".strip()
    return _("Ghi nhầm: %(reason)s (%(who)s, %(at)s)") % {
        "reason": in_language(why.reason),
        "who": why.actor_name or _("Chưa rõ"),
        "at": at,
    }


def _retract_url(context: Context, person_id: str, current: dict[str, Any]) -> str:
    """Where this contact or stay can be taken back, "" for other entries and readers who may not."""
    url = retract_url(person_id, current["id"], current["resourceType"])
    return url if url and contacts.may_retract(context, current) else ""


def _within(person_id: str, resource: dict[str, Any]) -> str:
    """Link to the contact that the entry was written in."""
    encounter = resource.get("encounter", {}).get("reference", "").rpartition("/")[2]
    return entry_url(person_id, "Encounter", encounter) if encounter else ""
