"""An emergency access and a person's request, for walks over every address."""

from datetime import timedelta

from ansinh.access.models import EmergencyAccess, PersonRequest, User
from ansinh.kernel import clock


def of(user: User, person: str, unit: str) -> dict[str, list[int]]:
    """What stands for `access_id` and `request_id`: of this account, about this person of this unit."""
    at = clock.now()
    access, _ = EmergencyAccess.objects.get_or_create(
        user=user,
        person=person,
        defaults={
            "role": "nurse",
            "unit": unit,
            "person_unit": unit,
            "reason": "Exemplary reason",
            "started": at,
            "until": at + timedelta(hours=1),
        },
    )
    request, _ = PersonRequest.objects.get_or_create(
        person=person,
        defaults={"kind": "correction", "unit": unit, "asker": "A", "due": clock.today(), "taken_by": user},
    )
    return {"access_id": [access.pk], "request_id": [request.pk]}
