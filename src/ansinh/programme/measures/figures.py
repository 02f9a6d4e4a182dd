"""What a figure says of a facility or of a stratum: shown on pages, frozen in reports, kept in MeasureReports. Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class UnitFigure:
    """The figure of one facility, or of the whole unit. hidden: so few people that the numbers are 0 instead."""

    facility_id: str
    name: str
    numerator: int
    denominator: int
    value: Decimal | None
    hidden: bool = False
    kind: str = ""
    english: str = ""

    def words(self, language: str) -> str:
        """The unit's name, in English where it has one and `language` asks for it."""
        return self.english or self.name if language == "en" else self.name

    def without_numbers(self) -> "UnitFigure":
        """The same, hidden."""
        return replace(self, numerator=0, denominator=0, value=None, hidden=True)


@dataclass(frozen=True, slots=True)
class StratumFigure:
    """One row of a breakdown. hidden: so few people that the numbers are 0 instead."""

    label: str
    numerator: int
    denominator: int
    value: Decimal | None
    hidden: bool = False
    stratum: str = ""
