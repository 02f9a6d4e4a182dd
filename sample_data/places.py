"""The facilities to draw people for: those of definitions/facilities, with communes around them."""

from functools import cache
from pathlib import Path

from django.conf import settings

from ansinh.fhir.views import tables
from ansinh.kernel import yaml
from ansinh.kernel.context import system_context
from sample_data.people import Place
from sample_data.profiles import PROFILES

DEMO_FACILITY = "bv-chinh-hinh-tam-diep"
DEMO_PROVINCE = "ubnd-ninh-binh"

# Former province in the facility's code → (old code in citizen numbers, new province, its name, some of its communes)
PROVINCES = {
    "ninh-binh": ("037", "37", "Ninh Bình", ("14362", "14428", "14329", "14533")),
    "dak-nong": ("067", "68", "Lâm Đồng", ("24611", "24615", "24617")),
}
ALIASES = {"tam-diep": "ninh-binh", "nho-quan": "ninh-binh"}


def places() -> list[Place]:
    """Every care facility of both provinces, in the order of their codes."""
    rows = tables.rows(system_context(), "SELECT id, code, kind FROM view_organization ORDER BY code")
    return [_place(row) for row in rows if row["kind"] in (*PROFILES, "rehab-centre") and _province(row["code"])]


def demo_facility() -> str:
    """Organization id of the facility where the demo's nurse, doctor and director work."""
    return _id(DEMO_FACILITY)


def province_unit() -> str:
    """Organization id of the province whose plan the demo's officer and leader steer."""
    return _id(DEMO_PROVINCE)


def _id(code: str) -> str:
    rows = tables.rows(system_context(), "SELECT id FROM view_organization WHERE code = :code", {"code": code})
    return str(rows[0]["id"])


def _province(code: str) -> str | None:
    known = [province for province in PROVINCES if code.endswith(province)]
    return known[0] if known else next((ALIASES[alias] for alias in ALIASES if code.endswith(alias)), None)


def _place(row: dict[str, str]) -> Place:
    old_code, code, name, communes = PROVINCES[_province(row["code"]) or ""]
    kind = "hospital" if row["kind"] == "rehab-centre" else row["kind"]
    return Place(row["id"], kind, name, code, tuple((c, commune_names()[c]) for c in communes), old_code)


@cache
def commune_names() -> dict[str, str]:
    """Commune code → name with its kind ("Phường Tam Điệp")."""
    path = Path(settings.DEFINITIONS) / "catalogues" / "admin-units.yaml"
    kinds = {"ward": "Phường", "commune": "Xã", "special-zone": "Đặc khu"}
    communes = yaml.read(path)["communes"]
    return {unit["code"]: f"{kinds[unit['kind']]} {unit['name']}" for unit in communes}
