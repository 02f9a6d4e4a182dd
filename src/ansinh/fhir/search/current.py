"""`_list=$current-…`: what holds for a person now, as searches of the types that say so.

FHIR names the lists (https://hl7.org/fhir/R4/lifecycle.html#current) and leaves to a server how they are kept. Here
nobody keeps them: what is not known to be over or wrong is current.
"""

from ansinh.fhir.search.reading import wrong

_DOUBTED = ("verification-status:not", "refuted,entered-in-error")
_GOING_ON = ("clinical-status:not", "inactive,remission,resolved")
_UNHARMED = ("clinical-status:not", "inactive,resolved")
_TAKEN = [("status", "active")]

LISTS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "$current-problems": {"Condition": [_GOING_ON, _DOUBTED]},
    "$current-allergies": {"AllergyIntolerance": [_UNHARMED, _DOUBTED]},
    "$current-drug-allergies": {"AllergyIntolerance": [_UNHARMED, _DOUBTED, ("category", "medication")]},
    "$current-medications": {"MedicationRequest": _TAKEN, "MedicationStatement": _TAKEN},
}


def conditions(resource_type: str, name: str) -> list[tuple[str, str]]:
    """The parameters that a current list stands for. Raises `Malformed` for one not here or of another type."""
    found = LISTS.get(name)
    if found is None:
        raise wrong("_list", f"các danh sách hiện hành ở đây là {', '.join(LISTS)}.")
    if resource_type not in found:
        raise wrong("_list", f"danh sách hiện hành này thuộc loại {', '.join(found)}.")
    return found[resource_type]
