"""The forms of the register: how it is asked and in which order. What may be is decided by drafts and rules."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.registry import rules
from ansinh.clinical.registry.actions import Admission
from ansinh.clinical.registry.drafts import DisabilityEntry, GroupEntry, Guardian, Insurance, PersonDraft
from ansinh.fhir.terminology import admin_units, concepts
from ansinh.kernel import clock
from ansinh.kernel.errors import UserError
from ansinh.kernel.naming import CS
from ansinh.ui import forms

GENDERS = (
    ("male", pgettext_lazy("giới tính", "Nam")),
    ("female", pgettext_lazy("giới tính", "Nữ")),
    ("unknown", _("Chưa rõ")),
)
STAY_FILTERS = (("", _("Tất cả")), ("in", _("Đang ở cơ sở")), ("out", _("Không còn ở cơ sở")))


def _language() -> str:
    return (get_language() or "vi")[:2]


def codes(system: str, empty: Any = None) -> list[tuple[str, Any]]:
    """Choices of a code system in the order of its file; headings become groups."""
    found = concepts.members(CS(system))
    choices: list[tuple[str, Any]] = [] if empty is None else [("", empty)]
    heads = [concept for concept in found if concept.is_abstract]
    for head in heads:
        inside = [(one.code, _words(one)) for one in found if one.parent == head.code and not one.is_abstract]
        if inside:
            choices.append((_words(head), inside))
    grouped = {head.code for head in heads}
    choices += [(one.code, _words(one)) for one in found if not one.is_abstract and one.parent not in grouped]
    return choices


def _words(concept: concepts.Concept) -> str:
    return concept.english or concept.display if _language() == "en" else concept.display


def commune_name(code: str) -> str | None:
    """The full name of today's commune with its province; None when there is no such code."""
    unit = admin_units.get(code)
    if unit is None or not unit.parent:
        return None
    province = admin_units.get(unit.parent)
    return f"{unit.full_name}, {province.full_name if province else ''}".rstrip(", ")


class GroupForm(forms.Form):
    """One legal group with its dates; a row without a group is left out."""

    mark = "none"
    code = forms.ChoiceField(label=_("Nhóm đối tượng"), required=False, choices=())
    start = forms.DateField(label=_("Từ"), required=False, past=True)
    end = forms.DateField(label=_("Đến"), required=False)

    def __init__(self, *args: Any, groups: Sequence[tuple[str, Any]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = groups  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            rules.period_in_order(data.get("start", ""), data.get("end", ""), "end")
        except UserError as error:
            self.refuse(error)
        if (data.get("start") or data.get("end")) and not data.get("code"):
            self.add_error("code", _("Chưa chọn nhóm đối tượng."))
        return data

    def entry(self) -> GroupEntry | None:
        """The group of this row, None for an empty row."""
        data = self.cleaned_data
        return GroupEntry(data["code"], data["start"], data["end"]) if data.get("code") else None


class PersonForm(forms.Form):
    """Who the person is: everything that the register keeps besides groups."""

    full_name = forms.CharField(label=_("Họ và tên"), required=False, max_length=200)
    gender = forms.RadioField(label=_("Giới tính"), choices=GENDERS, inline=True, required=False)
    birth_date = forms.DateField(
        label=_("Ngày sinh"), required=False, past=True, help_text=_("Ngày/tháng/năm, tháng/năm, hoặc chỉ năm.")
    )
    ethnicity = forms.ChoiceField(label=_("Dân tộc"), required=False, choices=())
    phone = forms.CharField(label=_("Số điện thoại"), required=False, max_length=20, width=20)

    citizen_number = forms.CharField(
        label=_("Số căn cước"),
        required=False,
        max_length=20,
        width=20,
        help_text=_("12 chữ số. Để trống nếu chưa có giấy tờ."),
    )
    old_citizen_number = forms.CharField(label=_("Số chứng minh nhân dân cũ"), required=False, max_length=20, width=20)
    address = forms.CharField(label=_("Địa chỉ hiện nay"), required=False, max_length=300)
    commune = forms.CodeField(
        label=_("Xã, phường hiện nay"),
        required=False,
        search_url=reverse_lazy("communes"),
        display_of=commune_name,
        help_text=_("Gõ vài chữ của tên xã, phường từ ngày 01/7/2025."),
    )
    old_address = forms.CharField(
        label=_("Địa chỉ cũ"), required=False, max_length=300, help_text=_("Như trên giấy tờ cấp trước ngày 01/7/2025.")
    )

    insurance_card = forms.CharField(label=_("Số thẻ bảo hiểm y tế"), required=False, max_length=30, width=20)
    insurance_place = forms.CharField(
        label=_("Mã nơi đăng ký khám chữa bệnh ban đầu"), required=False, max_length=9, width=5
    )
    insurance_start = forms.DateField(label=_("Có giá trị từ"), required=False)
    insurance_end = forms.DateField(label=_("Có giá trị đến"), required=False)

    disability_kind = forms.CheckboxesField(label=_("Dạng khuyết tật"), required=False, choices=(), inline=True)
    disability_level = forms.RadioField(label=_("Mức độ"), required=False, choices=(), inline=True)
    disability_certificate = forms.CharField(label=_("Số giấy xác nhận"), required=False, max_length=60, width=20)
    disability_start = forms.DateField(label=_("Xác định từ"), required=False, past=True)

    guardian_name = forms.CharField(label=_("Họ tên người giám hộ, người thân"), required=False, max_length=200)
    guardian_relationship = forms.CharField(label=_("Quan hệ"), required=False, max_length=60, width=20)
    guardian_phone = forms.CharField(label=_("Số điện thoại người thân"), required=False, max_length=20, width=20)

    mark = "none"

    def __init__(self, *args: Any, held: Sequence[DisabilityEntry] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.held = held
        self._choose("ethnicity", codes("ethnicity", _("Chưa rõ")))
        self._choose("disability_kind", codes("disability-kind"))
        self._choose("disability_level", codes("disability-level"))
        # Typing begins at the name; a scanner is read wherever the caret stands.
        self.fields["full_name"].widget.attrs["data-focus"] = ""

    def _choose(self, field: str, choices: Sequence[tuple[str, Any]]) -> None:
        self.fields[field].choices = choices  # type: ignore[attr-defined]

    def draft(self, groups: Sequence[GroupEntry]) -> PersonDraft:
        """What was typed, as the register understands it."""
        data = self.cleaned_data
        commune = admin_units.get(data["commune"]) if data["commune"] else None
        return PersonDraft(
            full_name=data["full_name"],
            gender=data["gender"] or "unknown",
            birth_date=data["birth_date"],
            citizen_number=data["citizen_number"],
            old_citizen_number=data["old_citizen_number"],
            phone=data["phone"],
            address=data["address"],
            commune=data["commune"],
            province=commune.parent if commune else "",
            old_address=data["old_address"],
            ethnicity=data["ethnicity"],
            groups=tuple(groups),
            disabilities=tuple(self._disabilities()),
            guardian=Guardian(data["guardian_name"], data["guardian_relationship"], data["guardian_phone"]),
            insurance=Insurance(
                data["insurance_card"], data["insurance_place"], data["insurance_start"], data["insurance_end"]
            ),
            facility=data.get("facility", ""),
        )

    def _disabilities(self) -> list[DisabilityEntry]:
        """One entry for each kind. The page asks level, certificate and date once; while they are as they were shown,
        what is on record for each kind stays, for kinds may have been determined apart."""
        data = self.cleaned_data
        about = (data["disability_level"], data["disability_certificate"], data["disability_start"])
        shown = tuple(self.initial.get(f"disability_{name}", "") for name in ("level", "certificate", "start"))
        kept = {entry.kind: entry for entry in self.held} if about == shown else {}
        return [kept.get(kind) or DisabilityEntry(kind, *about) for kind in data["disability_kind"]]


def initial_of(draft: PersonDraft) -> dict[str, Any]:
    """The values that a correction form starts with."""
    first = draft.disabilities[0] if draft.disabilities else DisabilityEntry("", "")
    guardian, insurance = draft.guardian or Guardian(""), draft.insurance or Insurance("")
    plain = ("full_name", "gender", "birth_date", "citizen_number", "old_citizen_number", "phone", "address")
    return {
        **{name: getattr(draft, name) for name in (*plain, "commune", "old_address", "ethnicity")},
        "disability_kind": [entry.kind for entry in draft.disabilities],
        "disability_level": first.level,
        "disability_certificate": first.certificate,
        "disability_start": first.start,
        "guardian_name": guardian.name,
        "guardian_relationship": guardian.relationship,
        "guardian_phone": guardian.phone,
        "insurance_card": insurance.card,
        "insurance_place": insurance.place,
        "insurance_start": insurance.start,
        "insurance_end": insurance.end,
    }


class CorrectionForm(PersonForm):
    """The same, for somebody on record; carries the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class RegistrationForm(PersonForm):
    """The same, with admission, for somebody new. `person_id` makes a form sent twice one record."""

    person_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    facility = forms.ChoiceField(label=_("Cơ sở quản lý hồ sơ"), required=False, choices=())
    kind = forms.ChoiceField(
        label=_("Tiếp nhận vào cơ sở"),
        required=False,
        choices=(),
        help_text=_("Chọn diện nếu người này vào cơ sở hoặc được theo dõi từ nay."),
    )
    start = forms.DateField(label=_("Ngày tiếp nhận"), required=False, whole=True, past=True)

    def __init__(self, *args: Any, facilities: Sequence[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._choose("kind", codes("stay-kind", _("Chưa tiếp nhận")))
        self._choose("facility", facilities)
        if len(facilities) < 2:
            self.fields.pop("facility")

    def admission(self) -> Admission | None:
        """The stay to open, None when no kind was chosen."""
        data = self.cleaned_data
        return Admission(data["kind"], data["start"] or clock.today().isoformat()) if data["kind"] else None


class AdmissionForm(forms.Form):
    """Taking in somebody on record."""

    mark = "none"
    kind = forms.ChoiceField(label=_("Diện tiếp nhận"), choices=())
    start = forms.DateField(label=_("Ngày tiếp nhận"), whole=True)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = codes("stay-kind", _("Chọn diện"))  # type: ignore[attr-defined]

    def admission(self) -> Admission:
        """The stay to open."""
        return Admission(self.cleaned_data["kind"], self.cleaned_data["start"])


class DischargeForm(forms.Form):
    """Ending a stay; carries the stay and the version that was read."""

    mark = "none"
    stay = forms.CharField(widget=forms.HiddenInput, max_length=64)
    version = forms.IntegerField(widget=forms.HiddenInput)
    end = forms.DateField(label=_("Ngày kết thúc"), whole=True)
    reason = forms.ChoiceField(label=_("Lý do"), choices=())

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = codes("discharge-reason", _("Chọn lý do"))  # type: ignore[attr-defined]


class FindForm(forms.Form):
    """Words or digits, and what narrows the list."""

    mark = "none"
    q = forms.CharField(label=_("Tìm người"), required=False, max_length=100)
    facility = forms.ChoiceField(label=_("Cơ sở"), required=False, choices=())
    group = forms.ChoiceField(label=_("Nhóm đối tượng"), required=False, choices=())
    stay = forms.ChoiceField(label=_("Tình trạng"), required=False, choices=STAY_FILTERS)

    def __init__(self, *args: Any, facilities: Sequence[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = group_filters()  # type: ignore[attr-defined]
        self.fields["facility"].choices = [("", _("Tất cả")), *facilities]  # type: ignore[attr-defined]
        if len(facilities) < 2:
            self.fields.pop("facility")


def group_filters() -> list[tuple[Any, Any]]:
    """The wide groups first (with everything below them), then each legal group."""
    found = concepts.members(CS("beneficiary-group"))
    wide = [(one.code, _words(one)) for one in found if one.is_abstract]
    single = [(one.code, _words(one)) for one in found if not one.is_abstract]
    return [("", _("Tất cả")), (_("Nhóm lớn"), wide), (_("Từng nhóm"), single)]
