"""FHIR operations (`$name`): about records, about codes, about views. `TABLE` is what the door mounts and announces."""

from dataclasses import dataclass

from ansinh.api.operations import forms, maps, people, records, sets, terms, validating, viewing, wholes
from ansinh.api.operations.calls import LeftOut


@dataclass(frozen=True, slots=True)
class Operation:
    """name without `$`; address below /fhir; type it is announced under; definition: its canonical URL."""

    name: str
    address: str
    type: str
    resource: object
    definition: str = ""


def _hl7(kind: str, name: str) -> str:
    return f"http://hl7.org/fhir/OperationDefinition/{kind}-{name}"


def _twice(name: str, kind: str, resource: object) -> tuple[Operation, Operation]:
    """An operation of the standard on the type and on one of its resources."""
    places = (f"{kind}/${name}", f"{kind}/{{identity}}/${name}")
    return tuple(Operation(name, place, kind, resource, _hl7(kind, name)) for place in places)  # type: ignore[return-value]


_TYPE, _INSTANCE, _VERSION = "{kind}", "{kind}/{identity}", "{kind}/{identity}/_history/{version}"
_HISTORY_STAYS = LeftOut("Bản cũ không bao giờ đổi: hãy dùng $meta-add, $meta-delete của bản hiện hành.")

# Left out on purpose; mounted so that the answer says so, and not announced.
LEFT_OUT = {
    "$closure": LeftOut("Cửa FHIR này cố ý không có $closure: hãy dùng $subsumes và $expand."),
    "$graphql": LeftOut("Cửa FHIR này cố ý không có $graphql: hãy dùng tìm kiếm với _include, _revinclude, _elements."),
    "ConceptMap/$closure": LeftOut("Cửa FHIR này cố ý không có $closure: hãy dùng $subsumes và $expand."),
    f"{_VERSION}/$meta-add": _HISTORY_STAYS,
    f"{_VERSION}/$meta-delete": _HISTORY_STAYS,
    "{kind}/{identity}/$graphql": LeftOut("Cửa FHIR này cố ý không có $graphql: hãy dùng _include và _elements."),
}

TABLE = (
    Operation("validate", f"{_TYPE}/$validate", "", validating.Validate(), _hl7("Resource", "validate")),
    Operation("validate", f"{_INSTANCE}/$validate", "", validating.ValidateStored(), _hl7("Resource", "validate")),
    *(
        Operation("meta", place, "", records.Meta(), _hl7("Resource", "meta"))
        for place in ("$meta", f"{_TYPE}/$meta", f"{_INSTANCE}/$meta", f"{_VERSION}/$meta")
    ),
    Operation("meta-add", f"{_INSTANCE}/$meta-add", "", records.MetaAdd(), _hl7("Resource", "meta-add")),
    Operation("meta-delete", f"{_INSTANCE}/$meta-delete", "", records.MetaDelete(), _hl7("Resource", "meta-delete")),
    *_twice("everything", "Patient", wholes.Everything("Patient")),
    Operation(
        "everything",
        "Encounter/{identity}/$everything",
        "Encounter",
        wholes.Everything("Encounter"),
        _hl7("Encounter", "everything"),
    ),
    Operation("match", "Patient/$match", "Patient", people.PatientMatch(), _hl7("Patient", "match")),
    *(
        Operation(
            "summary", place, "Patient", people.Summary(), "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"
        )
        for place in ("Patient/$summary", "Patient/{identity}/$summary")
    ),
    Operation("lastn", "Observation/$lastn", "Observation", records.LastN(), _hl7("Observation", "lastn")),
    Operation("lookup", "CodeSystem/$lookup", "CodeSystem", terms.Lookup(), _hl7("CodeSystem", "lookup")),
    *_twice("subsumes", "CodeSystem", terms.Subsumes()),
    *_twice("validate-code", "CodeSystem", terms.ValidateInSystem()),
    *_twice("expand", "ValueSet", sets.Expand()),
    *_twice("validate-code", "ValueSet", sets.ValidateInSet()),
    *_twice("translate", "ConceptMap", maps.Translate()),
    *(
        Operation(name, place, kind, resource, f"http://hl7.org/fhir/uv/sdc/OperationDefinition/{kind}-{name}")
        for name, kind, resource in (
            ("populate", "Questionnaire", forms.Populate()),
            ("extract", "QuestionnaireResponse", forms.Extract()),
        )
        for place in (f"{kind}/${name}", f"{kind}/{{identity}}/${name}")
    ),
    Operation(
        "viewdefinition-run",
        "ViewDefinition/$viewdefinition-run",
        "",
        viewing.Run(),
        "http://sql-on-fhir.org/OperationDefinition/$viewdefinition-run",
    ),
)
