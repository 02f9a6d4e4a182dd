"""One demo login per role, all in Ninh Bình. Never made outside the demo."""

from contextlib import suppress

from ansinh.access.actions import create_account
from ansinh.access.contexts import context_of
from ansinh.access.models import User
from ansinh.access.roles import roles
from ansinh.fhir.store import Repository
from ansinh.kernel.context import Context, system_context
from ansinh.kernel.errors import Conflict
from ansinh.kernel.ids import stable_id
from ansinh.kernel.naming import CS, SYNTHETIC
from ansinh.kernel.text import name_parts
from sample_data.places import demo_facility, province_unit

PASSWORD = "An-Sinh-1942"

# role → (user name, full name, post of CS("staff-post"))
LOGINS = {
    "nurse": ("dieuduong", "Trần Thị Lan", "nurse"),
    "doctor": ("bacsi", "Phạm Quang Bình", "doctor"),
    "manager": ("giamdoc", "Đinh Thị Mai", "director"),
    "officer": ("chuyenvien", "Nguyễn Thu Hà", "department-officer"),
    "leader": ("lanhdao", "Vũ Đức Minh", "department-leader"),
    "admin": ("quantri", "Lê Hoàng Sơn", "system-administrator"),
}
AT_FACILITY = ("nurse", "doctor", "manager")


def create() -> list[tuple[str, str, str]]:
    """Make the logins that are missing. Returns (title of the role, user name, password)."""
    return [_login(role, *login) for role, login in LOGINS.items()]


def context(role: str) -> Context:
    """What the demo login of a role may do, for data that a person of that role wrote."""
    return context_of(User.objects.get(username=LOGINS[role][0]))


def _login(role: str, username: str, full_name: str, post: str) -> tuple[str, str, str]:
    unit = demo_facility() if role in AT_FACILITY else province_unit() if role != "admin" else ""
    practitioner = stable_id("synthetic-staff", username)
    _practitioner(practitioner, full_name, unit, post)
    with suppress(Conflict):  # made by an earlier run
        create_account(
            username=username,
            password=PASSWORD,
            full_name=full_name,
            role=role,
            unit=unit,
            practitioner_id=practitioner,
        )
    return roles()[role].title, username, PASSWORD


def _practitioner(practitioner: str, full_name: str, unit: str, post: str) -> None:
    family, middle, given = name_parts(full_name)
    repository = Repository(system_context())
    repository.save(
        {
            "resourceType": "Practitioner",
            "id": practitioner,
            "meta": {"tag": [SYNTHETIC]},
            "active": True,
            "name": [{"text": full_name, "family": family, "given": [*middle.split(), given]}],
        }
    )
    if unit:
        repository.save(
            {
                "resourceType": "PractitionerRole",
                "id": stable_id("synthetic-role", practitioner),
                "meta": {"tag": [SYNTHETIC]},
                "active": True,
                "practitioner": {"reference": f"Practitioner/{practitioner}", "display": full_name},
                "organization": {"reference": f"Organization/{unit}"},
                "code": [{"coding": [{"system": CS("staff-post"), "code": post}]}],
                "period": {"start": "2022-01-01"},
            }
        )
