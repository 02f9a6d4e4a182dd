"""What is asked of an indicator: of which unit, over which period. Both stay in the address."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ansinh.programme.measures import rules
from ansinh.programme.measures.rules import Period
from ansinh.ui import forms


class FigureForm(forms.Form):
    """`don-vi` and `ky`; what is missing or wrong in the address falls back to the reader's unit and this year."""

    mark = "none"

    def __init__(self, data: Mapping[str, Any], *, units: Sequence[tuple[str, str]], unit: str, year: int):
        known = {identifier for identifier, _name in units}
        chosen = data.get("don-vi")
        asked = {"don-vi": chosen if chosen in known else unit, "ky": data.get("ky") or str(year)}
        super().__init__(asked)
        self.fields["don-vi"] = forms.ChoiceField(label=_("Đơn vị"), choices=units)
        self.fields["ky"] = forms.ChoiceField(label=_("Kỳ"), choices=periods(year, asked["ky"]))

    @property
    def unit(self) -> str:
        """Id of the chosen unit."""
        return str(self.data["don-vi"])

    @property
    def period(self) -> Period:
        """The chosen period. Raises Invalid for one that cannot be read."""
        return rules.parse_period(self.data["ky"])


def periods(year: int, chosen: str) -> list[tuple[str, str]]:
    """Years of the programme, the halves and quarters of the last two, and whatever else was asked for."""
    found = [(str(each), _("Năm %(year)d") % {"year": each}) for each in range(year, 2020, -1)]
    for each in (year, year - 1):
        values = {"year": each}
        found += [(f"{each}-H{part}", _("6 tháng %(part)d/%(year)d") % {**values, "part": part}) for part in (1, 2)]
        found += [(f"{each}-Q{part}", _("Quý %(part)d/%(year)d") % {**values, "part": part}) for part in (1, 2, 3, 4)]
    if chosen not in dict(found):
        found.append((chosen, chosen))
    return found
