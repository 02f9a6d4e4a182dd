"""Writing down what a person, or who stands for them, agreed to or took back."""

from django.db import transaction

from ansinh.access.consents import resources
from ansinh.access.consents.purposes import purposes
from ansinh.fhir.store import Repository, Saved
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid
from ansinh.kernel.text import nfc


@transaction.atomic
def record_consent(context: Context, *, person: str, purpose: str, given: bool, by: str, related: str = "") -> Saved:
    """Given or withdrawn. by: name of who said it; related: id of the RelatedPerson who speaks for the person.

    Raises Invalid for an unknown purpose, one that takes no consent, without a name, or for somebody else's relative.
    """
    found = purposes().get(purpose)
    if found is None or not found.consent:
        raise Invalid("Mục đích này không cần hoặc không có sự đồng ý.", field="purpose")
    if not by.strip():
        raise Invalid("Cần ghi ai đã nói đồng ý hoặc rút lại.", field="by")
    repository = Repository(context)
    repository.read("Patient", person)
    if related:
        stands = repository.find("RelatedPerson", related)
        if stands is None or stands.get("patient", {}).get("reference") != f"Patient/{person}":
            raise Invalid("Người này không phải người thân hay người giám hộ đã ghi trong hồ sơ.", field="related")
    made = resources.consent(
        person=person,
        purpose=purpose,
        code=found.code,
        given=given,
        by=nfc(by).strip(),
        related=related,
        at=clock.now(),
    )
    return repository.update(made)
