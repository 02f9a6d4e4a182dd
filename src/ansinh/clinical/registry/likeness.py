"""Is this the same person? A graded comparison of two descriptions, with its reasons. Pure.

The grade decides only what is shown before saving; a person decides. Weights are the project's own: identifiers
prove, a name and a birth date together make it likely, and each contradiction counts against it.
"""

from dataclasses import dataclass

from ansinh.kernel.closeness import distance_at_most_one
from ansinh.kernel.phrases import phrase
from ansinh.kernel.text import fold


@dataclass(frozen=True, slots=True)
class Identity:
    """What two records are compared by. Empty strings where unknown; `birth` with its own precision."""

    name: str
    birth: str = ""
    gender: str = ""
    commune: str = ""
    citizen_number: str = ""
    old_citizen_number: str = ""
    insurance_card: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """grade: `same`, `likely`, `possible` or `different`; reasons: Vietnamese, for and against."""

    grade: str
    score: int
    reasons: tuple[str, ...]

    @property
    def worth_showing(self) -> bool:
        """True when a person should look before a new record is made."""
        return self.grade != "different"


def likeness(a: Identity, b: Identity) -> Likeness:
    """Compares two descriptions; the order does not matter."""
    if proof := _proof(a, b):
        return Likeness("same", 100, (proof,))
    parts = [part for part in (_names(a, b), _births(a, b), _genders(a, b), _communes(a, b), _numbers(a, b)) if part]
    score = max(0, min(99, sum(points for points, _ in parts)))
    grade = "likely" if score >= 70 else "possible" if score >= 45 else "different"
    return Likeness(grade, score, tuple(reason for _, reason in parts))


def _proof(a: Identity, b: Identity) -> str:
    if a.citizen_number and a.citizen_number == b.citizen_number:
        return phrase("Trùng số căn cước")
    if a.insurance_card and a.insurance_card[-10:] == b.insurance_card[-10:]:
        return phrase("Trùng số thẻ bảo hiểm y tế")
    if a.old_citizen_number and a.old_citizen_number == b.old_citizen_number:
        return phrase("Trùng số chứng minh nhân dân cũ")
    return ""


def _names(a: Identity, b: Identity) -> tuple[int, str] | None:
    one, two = fold(a.name), fold(b.name)
    if one == two:
        return 45, phrase("Cùng họ tên")
    if sorted(one.split()) == sorted(two.split()):
        return 35, phrase("Cùng các chữ trong tên, khác thứ tự")
    if min(len(one), len(two)) >= 5 and distance_at_most_one(one, two):
        return 35, phrase("Họ tên khác nhau một chữ cái")
    if one.split()[-1:] == two.split()[-1:] and one.split()[:1] == two.split()[:1]:
        return 20, phrase("Cùng họ và tên, khác tên đệm")
    return -60, phrase("Khác họ tên")


def _births(a: Identity, b: Identity) -> tuple[int, str] | None:
    if not a.birth or not b.birth:
        return None
    known = min(len(a.birth), len(b.birth))
    if a.birth[:known] == b.birth[:known]:
        return {
            10: (40, phrase("Cùng ngày sinh")),
            7: (30, phrase("Cùng tháng sinh")),
            4: (25, phrase("Cùng năm sinh")),
        }[known]
    if _swapped(a.birth, b.birth):
        return 25, phrase("Ngày sinh đảo ngày và tháng")
    if a.birth[:4] == b.birth[:4]:
        return 5, phrase("Cùng năm sinh, khác ngày")
    if abs(int(a.birth[:4]) - int(b.birth[:4])) == 1:
        return -10, phrase("Năm sinh lệch một năm")
    return -40, phrase("Khác năm sinh")


def _swapped(a: str, b: str) -> bool:
    return len(a) == len(b) == 10 and a == f"{b[:4]}-{b[8:]}-{b[5:7]}"


def _genders(a: Identity, b: Identity) -> tuple[int, str] | None:
    known = {"male", "female"}
    if a.gender not in known or b.gender not in known:
        return None
    return (5, phrase("Cùng giới tính")) if a.gender == b.gender else (-25, phrase("Khác giới tính"))


def _communes(a: Identity, b: Identity) -> tuple[int, str] | None:
    if a.commune and a.commune == b.commune:
        return 10, phrase("Cùng xã, phường")
    return None


def _numbers(a: Identity, b: Identity) -> tuple[int, str] | None:
    """Two different citizen numbers speak against it, but typing slips exist: never alone decisive."""
    if not a.citizen_number or not b.citizen_number:
        return None
    if distance_at_most_one(a.citizen_number, b.citizen_number):
        return 15, phrase("Số căn cước chỉ khác một chữ số")
    return -30, phrase("Khác số căn cước")
