"""What pages of devices show, in the reader's language."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from ansinh.clinical.devices import catalogue, resources
from ansinh.clinical.devices.queries import DeviceLine, Life
from ansinh.clinical.devices.rules import making
from ansinh.clinical.devices.rules.terms import travel_support
from ansinh.clinical.registry.queries import PersonCard
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.text import format_date, format_number

Resource = dict[str, Any]


def state(line: DeviceLine) -> tuple[str, str]:
    """(words, tone) of where a device stands."""
    if line.ended:
        return _("Không còn dùng"), "neutral"
    if line.given:
        late = bool(line.replace_on) and line.replace_on <= clock.today().isoformat()
        return (_("Đến niên hạn"), "warn") if late else (_("Đang dùng"), "good")
    if line.stage:
        return _("Ở xưởng: %(stage)s") % {"stage": line.stage_words}, "info"
    return (_("Chờ mở phiếu làm"), "warn") if line.status == "active" else (_("Đã đóng"), "neutral")


def words_of(request: Resource, language: str) -> str:
    """What is made: kind and side."""
    return catalogue.device_words(resources.kind_of(request), resources.side_of(request), language)


def whole(context: Context, card: PersonCard, life: Life, language: str) -> dict[str, Any]:
    """Everything that the page of one device draws."""
    order, used = life.order, life.use if life.use and life.use["status"] == "active" else None
    stage = _stage(order)
    return {
        "words": words_of(life.request, language),
        "facts": _facts(life, language),
        "money": _money(life.request, language),
        "steps": _steps(order, language),
        "stage": concepts.display(catalogue.STAGE, stage, language) if stage else "",
        "parts": life.parts,
        "given": _given(life, language),
        "repairs": [one for one in life.orders if one["id"] != resources.order_id(life.request["id"])],
        "next": _next_steps(context, card, life, stage, bool(used)),
        "print_note": catalogue.terms().merit_source,
    }


def _stage(order: Resource | None) -> str:
    """The stage that is to be done; "" when nothing is open."""
    if order is None or not resources.is_open(order):
        return ""
    return making.next_stage(catalogue.workshop().route(resources.route_of(order)), resources.steps_of(order))


def _facts(life: Life, language: str) -> list[tuple[str, str]]:
    request = life.request
    reason = request["reasonCode"][0]
    coding = (reason.get("coding") or [{}])[0]
    number = (life.device or {}).get("serialNumber", "")
    payer = resources.payer_of(request)
    rows = [
        (_("Loại dụng cụ"), words_of(request, language)),
        (_("Số của dụng cụ"), number),
        (_("Ngày chỉ định"), format_date(request["authoredOn"])),
        (_("Người chỉ định"), request.get("requester", {}).get("display", "")),
        (_("Tình trạng thương tật, bệnh tật"), reason.get("text", "")),
        (_("Mã bệnh (ICD-10)"), " – ".join(filter(None, (coding.get("code"), coding.get("display"))))),
        *((_("Khám, yêu cầu kỹ thuật"), note["text"]) for note in request.get("note", [])),
        (_("Nguồn chi trả chính"), concepts.display(catalogue.PAYER, payer, language) if payer else ""),
    ]
    return [(label, text) for label, text in rows if text]


def _money(request: Resource, language: str) -> list[tuple[str, str]]:
    cost = resources.extension_of(request, "device-cost").get("valueMoney", {}).get("value")
    rows = [(_("Chi phí dự tính"), _("%(sum)s đồng") % {"sum": format_number(cost)})] if cost is not None else []
    for payer, amount in resources.shares_of(request).items():
        words = concepts.display(catalogue.PAYER, payer, language)
        rows.append((words, _("%(sum)s đồng") % {"sum": format_number(amount)}))
    return rows


def _steps(order: Resource | None, language: str) -> list[dict[str, Any]]:
    if order is None:
        return []
    return [
        {
            "stage": concepts.display(catalogue.STAGE, step.stage, language),
            "at": step.at,
            "by": step.by,
            "note": step.note,
            "back": step.back,
        }
        for step in resources.steps_of(order)
    ]


def _given(life: Life, language: str) -> list[tuple[str, str]]:
    use = life.use
    if use is None or use["status"] == "entered-in-error":
        return []
    due = resources.extension_of(use, "replacement-due").get("valueDate", "")
    source = resources.extension_of(use, "replacement-source").get("valueString", "")
    rows = [
        (_("Ngày giao"), format_date(use["timingPeriod"]["start"])),
        (_("Đến niên hạn"), format_date(due) if due else _("Chưa rõ")),
        (_("Căn cứ niên hạn"), source or catalogue.terms().missing),
    ]
    if end := use["timingPeriod"].get("end"):
        rows.append((_("Thôi dùng"), format_date(end)))
    return rows


def _next_steps(context: Context, card: PersonCard, life: Life, stage: str, used: bool) -> list[dict[str, str]]:
    """What this reader may do now, the most likely first."""
    work = context.has("workshop.work") and not card.deceased
    request_id, active = life.request["id"], life.request["status"] == "active"
    delivered = life.use is not None and life.use["status"] != "entered-in-error"
    offered = [
        ("device_order_new", _("Mở phiếu làm"), work and active and not stage and not delivered),
        ("device_step", _("Ghi xong công đoạn"), work and stage not in ("", making.DELIVERY)),
        ("device_give", _("Giao dụng cụ"), work and active and stage == making.DELIVERY),
        ("device_part", _("Ghi vật tư"), work and bool(stage)),
        ("device_send_back", _("Trả về công đoạn trước"), work and bool(stage) and _has_steps(life)),
        ("device_follow", _("Theo dõi"), work and used),
        ("device_repair", _("Đưa đi sửa"), work and used and not stage),
        ("device_take_back", _("Đánh dấu ghi nhầm"), delivered or (active and not _has_steps(life))),
    ]
    return [
        {"url": reverse(name, args=[card.id, request_id]), "text": text, "quiet": name == "device_take_back"}  # type: ignore[dict-item]
        for name, text, fits in offered
        if fits
    ]


def _has_steps(life: Life) -> bool:
    return life.order is not None and bool(resources.steps_of(life.order))


def travel_words(km: int) -> str:
    """What the law gives for the way, as a sentence."""
    amount, source = travel_support(km, catalogue.terms().travel, clock.today())
    return _("%(sum)s đồng (%(source)s)") % {"sum": format_number(amount), "source": source} if amount else ""
