"""What each kind of facility serves, as shares that look plausible; they are not statistics of anywhere."""

import random
from dataclasses import dataclass, field
from datetime import date

from sample_data import LAST_DAY


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of person at one kind of facility. Shares are 0–1; codes are those of definitions/codesystems.

    conditions: ICD-10 codes to draw from; sessions: how many rehabilitation sessions a year; screens: tools used.
    """

    share: float
    ages: tuple[int, int]
    stay: str
    codes: tuple[str, ...]
    conditions: tuple[str, ...]
    male: float = 0.5
    papers: float = 0.9
    leaves: float = 0.25
    discharge: str = "case-closed"
    guardian: float = 0.15
    disability: tuple[float, str] | None = None
    sessions: int = 0
    screens: tuple[str, ...] = field(default_factory=tuple)

    def groups(self, rng: random.Random, born: date) -> tuple[str, ...]:
        """The legal groups: one of `codes`, and what age alone brings."""
        age = (LAST_DAY - born).days // 365
        chosen = [rng.choice(self.codes)] if self.codes else []
        if age >= 60:
            chosen.append("older-person")
        if age < 16:
            chosen.append("child")
        return tuple(dict.fromkeys(chosen))


PROFILES: dict[str, tuple[Profile, ...]] = {
    "hospital": (
        Profile(0.45, (20, 75), "inpatient", ("injured-worker", "disability"), ("I69.4", "S14", "M54.5", "G81"),
                male=0.6, leaves=0.75, discharge="recovered", disability=(0.6, "1"), sessions=14,
                screens=("phq-9", "barthel")),
        Profile(0.35, (60, 92), "inpatient", ("merit-g", "merit-h"), ("Z89.5", "M17", "I10"), male=0.85, leaves=0.7,
                discharge="recovered", disability=(0.7, "1"), sessions=10, screens=("barthel", "phq-9")),
        Profile(0.2, (2, 15), "outpatient", ("nd20-6",), ("G80.9", "Q66.0"), papers=0.6, leaves=0.3,
                disability=(0.95, "1"), sessions=16, screens=("barthel",)),
    ),
    "nursing-centre": (
        Profile(0.7, (62, 95), "merit-residential", ("merit-g", "merit-h", "merit-i"), ("I10", "M17", "E11.9"),
                male=0.8, leaves=0.12, disability=(0.75, "1"), sessions=6, screens=("phq-9", "barthel", "gad-7")),
        Profile(0.3, (65, 90), "convalescence", ("merit-g", "merit-relative", "merit-k"), ("I10", "M54.5"), male=0.6,
                leaves=0.9, discharge="convalescence-ended", screens=("phq-9",)),
    ),
    "social-protection-centre": (
        Profile(0.4, (60, 96), "especially-difficult", ("nd20-5a",), ("I10", "M17", "F03"), male=0.4, papers=0.75,
                leaves=0.15, sessions=3, screens=("phq-9", "barthel")),
        Profile(0.3, (1, 15), "especially-difficult", ("nd20-1a", "nd20-1b", "nd20-1e"), ("J18.9",), papers=0.55,
                guardian=1.0, leaves=0.2, discharge="adopted"),
        Profile(0.3, (16, 60), "especially-difficult", ("nd20-6",), ("F72", "G80.9", "G40.9"), papers=0.6,
                disability=(1.0, "5"), sessions=6, screens=("barthel",)),
    ),
    "mental-rehab-centre": (
        Profile(1.0, (20, 72), "especially-difficult", ("mental-illness",), ("F20.0", "F20.9", "F31.9", "F32.9"),
                male=0.62, papers=0.65, leaves=0.12, guardian=0.6, disability=(0.9, "4"), sessions=8,
                screens=("phq-9", "gad-7")),
    ),
    "drug-rehab-centre": (
        Profile(0.75, (18, 50), "drug-compulsory", ("drug-rehabilitation",), ("F11.2", "F15.2"), male=0.96,
                leaves=0.65, discharge="rehabilitation-completed", screens=("audit-c", "phq-9", "gad-7")),
        Profile(0.25, (18, 50), "drug-voluntary", ("drug-rehabilitation",), ("F11.2", "F15.2"), male=0.95, leaves=0.7,
                discharge="rehabilitation-completed", screens=("audit-c", "phq-9")),
    ),
}  # fmt: skip


def profile_for(rng: random.Random, kind: str) -> Profile:
    """Draw a profile of this kind of facility; a kind without its own is like a social-protection centre."""
    choices = PROFILES.get(kind, PROFILES["social-protection-centre"])
    return rng.choices(choices, [profile.share for profile in choices])[0]
