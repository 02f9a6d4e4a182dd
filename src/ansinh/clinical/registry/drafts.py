"""What a registration form says about a person, checked as a whole. Pure.

A `PersonDraft` holds plain values; `checked` brings each to its stored form and gathers every problem at once, each
under the name of the form field it belongs to.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from ansinh.clinical.registry import rules
from ansinh.clinical.registry.likeness import Identity
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.text import nfc

GENDERS = ("male", "female", "other", "unknown")


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """Membership of a legal group: code in CodeSystem beneficiary-group, partial dates, "" when open."""

    code: str
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class DisabilityEntry:
    """One determined disability: kind and level (CodeSystems disability-kind, disability-level), certificate, date."""

    kind: str
    level: str
    certificate: str = ""
    start: str = ""


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who answers for the person, or is called first."""

    name: str
    relationship: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Insurance:
    """A health-insurance card: number, code of the facility of first registration, dates."""

    card: str
    place: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """Everything the registration page asks. Only the name is required; "" and () mean not known."""

    full_name: str
    gender: str = "unknown"
    birth_date: str = ""
    citizen_number: str = ""
    old_citizen_number: str = ""
    record_number: str = ""
    phone: str = ""
    address: str = ""
    commune: str = ""
    province: str = ""
    old_address: str = ""
    ethnicity: str = ""
    groups: tuple[GroupEntry, ...] = ()
    disabilities: tuple[DisabilityEntry, ...] = ()
    guardian: Guardian | None = None
    insurance: Insurance | None = None
    facility: str = ""

    def identity(self) -> Identity:
        """What duplicates are found by."""
        return Identity(
            self.full_name,
            self.birth_date,
            self.gender,
            self.commune,
            self.citizen_number,
            self.old_citizen_number,
            self.insurance.card if self.insurance else "",
        )


def checked(draft: PersonDraft, today: date) -> PersonDraft:
    """The draft in its stored form. Raises Invalid with a problem for each field that cannot be."""
    problems: list[Problem] = []

    def take[T](read: Callable[..., T], *values: object, otherwise: T, field: str = "") -> T:
        try:
            return read(*values)
        except Invalid as error:
            problems.append(Problem("value", error.message, field or error.field or "", key=error.code))
            return otherwise

    def known(read: Callable[[str], str], value: str) -> str:
        return take(read, value, otherwise="") if value.strip() else ""

    result = replace(
        draft,
        full_name=take(rules.full_name, draft.full_name, otherwise=""),
        gender=take(_gender, draft.gender, otherwise="unknown"),
        birth_date=take(rules.birth_date, draft.birth_date, today, otherwise="") if draft.birth_date else "",
        citizen_number=known(rules.citizen_number, draft.citizen_number),
        old_citizen_number=known(rules.old_citizen_number, draft.old_citizen_number),
        phone=known(rules.phone, draft.phone),
        address=nfc(draft.address),
        old_address=nfc(draft.old_address),
        groups=take(_groups, draft.groups, today, otherwise=()),
        disabilities=take(_disabilities, draft.disabilities, today, otherwise=()),
        guardian=take(_guardian, draft.guardian, otherwise=None),
        insurance=take(_insurance, draft.insurance, otherwise=None),
    )
    if problems:
        raise Invalid("Thông tin chưa đúng.", code="person-invalid", field=problems[0].expression, problems=problems)
    return result


def doubts(draft: PersonDraft) -> list[Problem]:
    """Warnings to show beside a checked draft; they never stop it."""
    if not draft.citizen_number:
        return []
    return rules.citizen_number_doubts(draft.citizen_number, draft.gender, draft.birth_date)


def _gender(value: str) -> str:
    if value not in GENDERS:
        raise Invalid("Giới tính không có trong danh sách.", code="gender-unknown", field="gender")
    return value


def _groups(groups: tuple[GroupEntry, ...], today: date) -> tuple[GroupEntry, ...]:
    for group in groups:
        _past(group.start, today, "group_start")
        rules.period_in_order(group.start, group.end, "group_end")
    open_codes = [group.code for group in groups if not group.end]
    if len(open_codes) != len(set(open_codes)):
        raise Invalid("Một nhóm đối tượng được ghi hai lần.", code="group-twice", field="group_code")
    return groups


def _disabilities(entries: tuple[DisabilityEntry, ...], today: date) -> tuple[DisabilityEntry, ...]:
    for entry in entries:
        if not entry.level:
            raise Invalid("Chưa chọn mức độ khuyết tật.", code="disability-level", field="disability_level")
        _past(entry.start, today, "disability_start")
    return entries


def _past(value: str, today: date, field: str) -> None:
    if value and not rules.partial_date(value):
        raise Invalid("Ngày không có trong lịch.", code="date-impossible", field=field)
    if value > today.isoformat()[: len(value)]:
        raise Invalid("Ngày này chưa đến.", code="date-future", field=field)


def _guardian(guardian: Guardian | None) -> Guardian | None:
    if guardian is None or not any((guardian.name.strip(), guardian.phone.strip())):
        return None
    try:
        name = rules.full_name(guardian.name)
    except Invalid as error:
        raise Invalid("Họ tên người giám hộ chưa đúng.", code=error.code, field="guardian_name") from None
    number = rules.phone(guardian.phone, "guardian_phone") if guardian.phone.strip() else ""
    return Guardian(name, nfc(guardian.relationship), number)


def _insurance(insurance: Insurance | None) -> Insurance | None:
    if insurance is None or not insurance.card.strip():
        return None
    rules.period_in_order(insurance.start, insurance.end, "insurance_end")
    return replace(insurance, card=rules.insurance_card(insurance.card), place=insurance.place.strip().upper())
