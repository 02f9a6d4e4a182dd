"""The forms of goals, plan, meetings and timetable: shape only; what they mean is decided by the actions."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ansinh.clinical.rehab import goals, library, queries, reading
from ansinh.clinical.rehab.careplan import Activity
from ansinh.clinical.rehab.goals import GoalDraft
from ansinh.clinical.rehab.planning import Meeting
from ansinh.clinical.rehab.reading import GoalLine
from ansinh.clinical.rehab.timetable import Booking
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.ids import new_id
from ansinh.kernel.naming import CS
from ansinh.ui import forms
from ansinh.ui.language import in_language

Choices = Sequence[tuple[str, Any]]


def disciplines(language: str) -> list[tuple[str, str]]:
    """Every discipline, in the order of the list."""
    return [(one.code, one.words(language)) for one in concepts.members(CS("rehab-discipline"))]


class GoalForm(forms.Form):
    """A goal: what, measured by what, until when."""

    mark = "none"
    goal_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    words = forms.TextField(
        label=_("Người này sẽ làm được gì"),
        max_length=500,
        help_text=_("Nói rõ việc, nơi, mức trợ giúp. Ví dụ: tự đi 50 m trong nhà bằng chân giả và một gậy."),
    )
    discipline = forms.ChoiceField(label=_("Chuyên ngành"), choices=())
    measure = forms.ChoiceField(label=_("Đo bằng"), required=False, choices=())
    target = forms.DecimalField(label=_("Đích"), required=False, width=5, max_digits=8, decimal_places=2)
    icf = forms.CharField(
        label=_("hoặc mã ICF"), required=False, max_length=10, width=5, help_text=_("Ví dụ: d450 (đi bộ).")
    )
    qualifier = forms.IntegerField(label=_("Mức ICF đích"), required=False, width=2, help_text=_("0–4"))
    due = forms.DateField(label=_("Đến ngày"), whole=True)
    own_words = forms.TextField(label=_("Người đó nói gì về mục tiêu này"), required=False, max_length=1000)

    def __init__(self, *args: Any, language: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        measures = [(code, reading.measure_words(code, language)) for code in library.library().better]
        self.fields["discipline"].choices = disciplines(language)  # type: ignore[attr-defined]
        self.fields["measure"].choices = [("", _("Chọn lượng giá")), *measures]  # type: ignore[attr-defined]

    def draft(self) -> GoalDraft:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        names = ("words", "discipline", "due", "measure", "target", "icf", "qualifier", "own_words")
        return GoalDraft(**{name: data[name] for name in names} | {"icf": data["icf"].lower()})


class ActivityForm(forms.Form):
    """A line of the plan: a technique of chapter 17, a home exercise, or something in words."""

    mark = "none"
    activity_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    discipline = forms.ChoiceField(label=_("Chuyên ngành"), choices=())
    exercise = forms.ChoiceField(label=_("hoặc bài tập tại nhà"), required=False, choices=())
    other = forms.CharField(label=_("hoặc việc khác"), required=False, max_length=200)
    times = forms.IntegerField(label=_("Số buổi mỗi tuần"), width=2)
    minutes = forms.IntegerField(label=_("Phút mỗi buổi"), width=3)
    goals = forms.CheckboxesField(label=_("Cho mục tiêu"), required=False, choices=())
    note = forms.TextField(label=_("Dặn dò"), required=False, max_length=1000)

    def __init__(self, *args: Any, person: str, lines: Sequence[GoalLine], language: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        home = [(one.code, one.words(language)) for one in concepts.members(CS("home-exercise"))]
        fields: Any = self.fields
        fields["discipline"].choices = disciplines(language)
        fields["exercise"].choices = [("", _("Không")), *home]
        open_goals = [(line.id, line.words) for line in lines if line.is_open]
        if open_goals:
            fields["goals"].choices = open_goals
        else:
            del fields["goals"]
        fields["technique"] = forms.CodeField(
            label=_("Kỹ thuật (chương 17)"),
            required=False,
            search_url=reverse("techniques", args=[person]),
            display_of=queries.technique_name,
            help_text=_("Gõ tên kỹ thuật không cần dấu; kỹ thuật cơ sở đã đăng ký đứng trước."),
        )

    def activity(self) -> Activity:
        """What was written, as the action takes it; a technique goes before an exercise, that before words."""
        data = self.cleaned_data
        kind = "technique" if data["technique"] else "exercise" if data["exercise"] else "other"
        return Activity(
            id=data["activity_id"],
            discipline=data["discipline"],
            kind=kind,
            code=data["technique"] or data["exercise"],
            words=data["other"],
            times=data["times"],
            minutes=data["minutes"],
            goals=tuple(data.get("goals", ())),
            note=data["note"],
        )


class MeetingForm(forms.Form):
    """A conference, or the summing-up: who was there, what became of each goal, what was concluded."""

    mark = "none"
    entry_id = forms.CharField(widget=forms.HiddenInput, max_length=36)
    moment = forms.DateTimeField(label=_("Họp lúc"))
    present = forms.CharField(label=_("Người dự, cách nhau bằng dấu phẩy"), required=False, max_length=400)
    conclusion = forms.TextField(label=_("Kết luận"), max_length=4000)
    next_day = forms.DateField(label=_("Họp lại ngày"), required=False, whole=True)

    def __init__(self, *args: Any, lines: Sequence[GoalLine], last: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.is_open]
        states = [(code, in_language(words)) for code, words in goals.STATES.items() if not last or code in goals.ENDED]
        for line in self.lines:
            choices = [("", _("Chưa bàn")), *states]
            self.fields[f"goal-{line.id}"] = forms.ChoiceField(label=line.words, required=False, choices=choices)
        if last:
            del self.fields["next_day"]

    def goal_fields(self) -> list[Any]:
        """The bound field of each open goal."""
        return [self[f"goal-{line.id}"] for line in self.lines]

    def meeting(self) -> Meeting:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        present = tuple(name.strip() for name in data["present"].split(",") if name.strip())
        states = {line.id: data[f"goal-{line.id}"] for line in self.lines if data[f"goal-{line.id}"]}
        day = date.fromisoformat(data["next_day"]) if data.get("next_day") else None
        return Meeting(datetime.fromisoformat(data["moment"]), data["conclusion"], present, states, day)


class BookingForm(forms.Form):
    """A session in the timetable, repeated for some weeks."""

    mark = "none"
    start = forms.DateTimeField(label=_("Bắt đầu lúc"))
    minutes = forms.IntegerField(label=_("Phút"), width=3, min_value=5, max_value=240)
    discipline = forms.ChoiceField(label=_("Chuyên ngành"), choices=())
    words = forms.CharField(label=_("Nội dung"), required=False, max_length=200)
    therapist = forms.ChoiceField(label=_("Người tập"), required=False, choices=())
    room = forms.ChoiceField(label=_("Phòng"), required=False, choices=())
    machine = forms.ChoiceField(label=_("Máy"), required=False, choices=())
    weeks = forms.IntegerField(label=_("Lặp lại (tuần)"), width=2, initial=1)

    def __init__(
        self, *args: Any, therapists: Choices, rooms: Choices, machines: Choices, language: str, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["discipline"].choices = disciplines(language)
        for name, choices in (("therapist", therapists), ("room", rooms), ("machine", machines)):
            fields[name].choices = [("", _("Chưa chọn")), *choices]

    def booking(self, person_id: str) -> Booking:
        """What was written, as the action takes it."""
        data = self.cleaned_data
        start = datetime.fromisoformat(data["start"])
        end = start + timedelta(minutes=data["minutes"])
        return Booking(new_id(), start, end, person_id, data["therapist"], data["room"], data["machine"])


class ReasonForm(forms.Form):
    """Why something is stopped, cancelled or was written wrong."""

    mark = "none"
    reason = forms.TextField(label=_("Lý do"), max_length=500)


class MachineForm(forms.Form):
    """The name of a machine that is booked."""

    mark = "none"
    name = forms.CharField(label=_("Tên máy"), max_length=120)


def now_in_vietnam() -> str:
    """The present hour as a field shows it."""
    return clock.now().astimezone(clock.VIETNAM).isoformat(timespec="minutes")
