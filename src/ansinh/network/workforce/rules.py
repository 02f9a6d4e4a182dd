"""Staff figures of a document and staff of today, side by side. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

# Which posts of today (CS("staff-post")) stand for a profession of the documents. A document that counts two
# professions as one is compared with both of today's.
PROFESSION_POSTS: Mapping[str, tuple[str, ...]] = {
    "doctor": ("doctor",),
    "assistant-doctor": ("assistant-doctor",),
    "pharmacist": ("pharmacist",),
    "nurse": ("nurse",),
    "nurse-technician": ("nurse", "medical-technician", "rehab-technician", "orthopaedic-technician"),
    "nurse-attendant": ("nurse", "orderly"),
}
LEVEL_LEVELS: Mapping[str, tuple[str, ...]] = {
    "postgraduate": ("postgraduate",),
    "university": ("university",),
    "university-college": ("university", "college"),
    "college-other": ("college", "intermediate", "other", ""),
    "intermediate-other": ("intermediate", "other", ""),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a document. group: total, level or profession."""

    group: str
    code: str
    text: str
    value: int


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a document says of one facility, with remarks where its figures cannot simply be compared."""

    facility: str
    period_from: date
    period_to: date
    source: str
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int | None:
        """All staff; None when the document does not say."""
        return next((item.value for item in self.figures if item.group == "total"), None)

    def sum_of(self, group: str) -> int:
        """The figures of a group added up."""
        return sum(item.value for item in self.figures if item.group == group)

    @property
    def difference(self) -> int:
        """How far the levels of training, added up, are from the total; 0 when they agree or are not given."""
        levels = self.sum_of("level")
        return levels - (self.total or 0) if levels and self.total is not None else 0


@dataclass(frozen=True, slots=True)
class Post:
    """A post that somebody holds. level: code of CS("staff-level"), "" when not recorded."""

    id: str
    practitioner: str
    name: str
    post: str
    level: str = ""
    start: date | None = None
    end: date | None = None

    def held_on(self, day: date) -> bool:
        """True between its days, both included."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A line of the page: then and now. now counts people, each once."""

    group: str
    code: str
    text: str
    then: int | None
    now: int

    @property
    def change(self) -> int | None:
        """Now less then; None when the document does not say."""
        return None if self.then is None else self.now - self.then


def compare(baseline: Baseline | None, posts: Iterable[Post], day: date) -> list[Comparison]:
    """The document's figures beside today's people. Without a document, today's posts alone."""
    held = [post for post in posts if post.held_on(day)]
    people = {post.practitioner for post in held}
    if baseline is None:
        counts = Counter(post for _, post in {(item.practitioner, item.post) for item in held})
        now = [Comparison("profession", code, "", None, number) for code, number in sorted(counts.items())]
        return [Comparison("total", "total", "", None, len(people)), *now]
    return [Comparison(f.group, f.code, f.text, f.value, _now(f, held, people)) for f in baseline.figures]


def _now(figure: Figure, held: list[Post], people: set[str]) -> int:
    if figure.group == "total":
        return len(people)
    if figure.group == "profession":
        wanted = PROFESSION_POSTS.get(figure.code, (figure.code,))
        return len({post.practitioner for post in held if post.post in wanted})
    wanted = LEVEL_LEVELS.get(figure.code, (figure.code,))
    return len({post.practitioner for post in held if post.level in wanted})
