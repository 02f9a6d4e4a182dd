"""References within a Bundle: which texts are links, what they become, and that all else stays as it was sent."""

import pytest

from ansinh.fhir.transactions.linking import link, names_from

URN = "urn:uuid:0d6a7d3c-0000-4000-8000-000000000001"
WHOLE = {URN: "Patient/new", "https://his.example/fhir/Patient/7": "Patient/seven"}
HERE = "https://his.example/fhir/Observation/9"


def linked(value, full_url="", resolve=lambda text: f"resolved:{text}"):
    return link(value, names_from(full_url, WHOLE), resolve)


# what stands there, what it becomes, the fullUrl of the entry
SPEC = {
    "a reference by urn": ({"reference": URN}, {"reference": "Patient/new"}, ""),
    "a reference by urn to a part": ({"reference": f"{URN}#a"}, {"reference": "Patient/new#a"}, ""),
    "a reference by address": (
        {"reference": "https://his.example/fhir/Patient/7"},
        {"reference": "Patient/seven"},
        "",
    ),
    "a relative reference beside its address": ({"reference": "Patient/7"}, {"reference": "Patient/seven"}, HERE),
    "a relative reference in an entry without address": ({"reference": "Patient/7"}, {"reference": "Patient/7"}, ""),
    "a relative reference by another base": (
        {"reference": "Patient/7"},
        {"reference": "Patient/7"},
        "https://other.example/fhir/Observation/9",
    ),
    "a relative reference to what is not in the Bundle": ({"reference": "Patient/8"}, {"reference": "Patient/8"}, HERE),
    "a relative name that is no reference": ({"valueString": "Patient/7"}, {"valueString": "Patient/7"}, HERE),
    "a uri": (
        {"resourceType": "Basic", "extension": [{"url": "x", "valueUri": URN}]},
        {"resourceType": "Basic", "extension": [{"url": "x", "valueUri": "Patient/new"}]},
        "",
    ),
    "a list of uris": (
        {"resourceType": "ServiceRequest", "instantiatesUri": [URN, "x"]},
        {"resourceType": "ServiceRequest", "instantiatesUri": ["Patient/new", "x"]},
        "",
    ),
    "an address in a contained resource": (
        {"resourceType": "Basic", "contained": [{"resourceType": "Endpoint", "address": URN}]},
        {"resourceType": "Basic", "contained": [{"resourceType": "Endpoint", "address": "Patient/new"}]},
        "",
    ),
    "a canonical": (
        {"resourceType": "ServiceRequest", "instantiatesCanonical": [URN]},
        {"resourceType": "ServiceRequest", "instantiatesCanonical": [URN]},
        "",
    ),
    "a business identifier": (
        {"resourceType": "Patient", "identifier": [{"value": URN}]},
        {"resourceType": "Patient", "identifier": [{"value": URN}]},
        "",
    ),
    "an element that FHIR has not": ({"resourceType": "Patient", "x": URN}, {"resourceType": "Patient", "x": URN}, ""),
    "a text outside a resource": ({"valueUri": URN}, {"valueUri": URN}, ""),
    "a conditional reference": (
        {"reference": "Patient?identifier=a"},
        {"reference": "resolved:Patient?identifier=a"},
        "",
    ),
    "an address with a query": ({"reference": "https://x.example/a?b=c"}, {"reference": "https://x.example/a?b=c"}, ""),
    "a contained reference": ({"reference": "#a"}, {"reference": "#a"}, HERE),
    "a reference that is no text": ({"reference": {"reference": URN}}, {"reference": {"reference": "Patient/new"}}, ""),
    "a link in a narrative": (
        {"div": f"<div><a href=\"{URN}\">x</a> <img src='{URN}#p'/> {URN}</div>"},
        {"div": f"<div><a href=\"Patient/new\">x</a> <img src='Patient/new#p'/> {URN}</div>"},
        "",
    ),
    "a link elsewhere in a narrative": (
        {"div": '<div><a href="https://x.example">x</a></div>'},
        {"div": '<div><a href="https://x.example">x</a></div>'},
        "",
    ),
    "a part of a text": ({"valueString": f"see {URN}"}, {"valueString": f"see {URN}"}, ""),
}


@pytest.mark.parametrize("case", SPEC)
def test_link_becomes_what_it_means_and_nothing_else_changes(case):
    sent, expected, full_url = SPEC[case]

    assert linked(sent, full_url) == expected
    assert linked({"a": [{"b": sent}]}, full_url) == {"a": [{"b": expected}]}
