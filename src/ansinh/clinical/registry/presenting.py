"""Who a page is about, in the words of a banner: used by every page of the room that concerns one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ansinh.clinical.registry import rules
from ansinh.clinical.registry.queries import PersonCard
from ansinh.fhir.terminology import concepts
from ansinh.kernel.naming import CS
from ansinh.kernel.text import format_date


@dataclass(frozen=True, slots=True)
class Banner:
    """Arguments of the tag `person_banner`."""

    name: str
    facts: Sequence[tuple[str, str]]
    tags: Sequence[tuple[str, str]]
    url: str


def banner(card: PersonCard, today: date, language: str = "vi", *, brief: bool = False) -> Banner:
    """Name, sex, age, facility, stay, groups and insurance of a person, on a day; brief: only who it is."""
    draft = card.draft
    groups, disabilities = group_names(card, today, language), disability_names(card, language)
    facts = [
        (_("Giới tính"), gender_word(draft.gender)),
        (_("Ngày sinh"), birth_words(draft.birth_date, today)),
        (_("Cơ sở"), card.facility),
        (_("Lưu trú"), stay_words(card)),
        (_("Bảo hiểm y tế"), insurance_words(card, today)),
        (_("Mã hồ sơ"), draft.record_number),
        *([(_("Nhóm đối tượng"), "; ".join(groups))] if groups else []),
        *([(_("Khuyết tật"), "; ".join(disabilities))] if disabilities else []),
    ]
    if brief:
        facts = [facts[0], facts[1], (_("Mã hồ sơ"), draft.record_number)]
    tags = [(_("Đã mất"), "bad")] if card.deceased else []
    tags += [(_("Đang ở cơ sở"), "good")] if card.stay else []
    return Banner(card.name, facts, tags, reverse("person", args=[card.id]))


def gender_word(gender: str) -> str:
    """Male, female, other or not known, in the reader's language."""
    words = {"male": pgettext("giới tính", "Nam"), "female": pgettext("giới tính", "Nữ"), "other": _("Khác")}
    return words.get(gender, _("Chưa rõ"))


def birth_words(birth: str, today: date) -> str:
    """`05/03/1948 (78 tuổi)`, `1948 (khoảng 78 tuổi)`, months for the smallest; what is missing is said.

    The words about the age stay on one line.
    """
    if not birth:
        return _("Chưa rõ")
    age = rules.age(birth, today)
    words = {"date": format_date(birth), "years": age.years, "months": age.months}
    if age.months < 36 and age.exact:
        text = _("%(date)s (%(months)d tháng)") % words
    elif age.exact:
        text = _("%(date)s (%(years)d tuổi)") % words
    else:
        text = _("%(date)s (khoảng %(years)d tuổi)") % words
    date_words, _space, age_words = text.partition(" ")
    return f"{date_words} {age_words.replace(' ', chr(160))}"


def stay_words(card: PersonCard) -> str:
    """Kind and first day of the open stay."""
    if card.stay is None:
        return _("Không ở cơ sở")
    words = {"kind": card.stay.kind, "date": format_date(card.stay.start)}
    return _("%(kind)s, từ %(date)s") % words


def insurance_words(card: PersonCard, today: date) -> str:
    """Whether the card is valid today, and until when."""
    insurance = card.draft.insurance
    if insurance is None:
        return _("Chưa có thẻ")
    words = {"card": insurance.card, "end": format_date(insurance.end), "start": format_date(insurance.start)}
    match rules.coverage_state(insurance.start, insurance.end, today):
        case "ended":
            return _("%(card)s, đã hết hạn ngày %(end)s") % words
        case "soon":
            return _("%(card)s, sắp hết hạn ngày %(end)s") % words
        case "future":
            return _("%(card)s, có giá trị từ %(start)s") % words
        case "valid" if insurance.end:
            return _("%(card)s, còn hạn đến %(end)s") % words
    return insurance.card


def group_names(card: PersonCard, today: date, language: str = "vi") -> list[str]:
    """Displays of the groups that hold on a day."""
    day = today.isoformat()
    held = [group for group in card.draft.groups if not group.end or group.end >= day[: len(group.end)]]
    return [concepts.display(CS("beneficiary-group"), group.code, language) for group in held]


def disability_names(card: PersonCard, language: str = "vi") -> list[str]:
    """`Vận động, mức độ nặng` for each determination."""
    return [
        _("%(kind)s, mức độ %(level)s")
        % {
            "kind": concepts.display(CS("disability-kind"), entry.kind, language),
            "level": concepts.display(CS("disability-level"), entry.level, language).lower(),
        }
        for entry in card.draft.disabilities
    ]
