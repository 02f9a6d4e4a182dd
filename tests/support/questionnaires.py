"""Questionnaires and responses as Structured Data Capture writes them, a line each."""

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
LOINC = "http://loinc.org"


def ext(name: str, **value) -> dict:
    """An extension of Structured Data Capture by its short name; parts: (url, value) of those within it."""
    parts = value.pop("parts", None)
    listed = {"extension": [{"url": url, **one} for url, one in parts]} if parts else {}
    return {"url": f"{SDC}{name}", **listed, **value}


def item(link: str, kind: str = "string", *extensions, **more) -> dict:
    """A question or a group."""
    made = {"linkId": link, "text": f"Câu {link}", "type": kind, **more}
    return made | ({"extension": list(extensions)} if extensions else {})


def form(*items, extension=(), **more) -> dict:
    """An active Questionnaire of these items."""
    head = {"resourceType": "Questionnaire", "url": "http://example.org/form", "status": "active"}
    return head | ({"extension": list(extension)} if extension else {}) | {"item": list(items)} | more


def said(link: str, *values, **more) -> dict:
    """An item of a response with its answers."""
    keys = {str: "valueString", bool: "valueBoolean", int: "valueInteger", float: "valueDecimal"}
    answers = [value if isinstance(value, dict) else {keys[type(value)]: value} for value in values]
    return {"linkId": link, **({"answer": answers} if answers else {}), **more}


def code(value: str) -> list[dict]:
    """A coding of LOINC."""
    return [{"system": LOINC, "code": value}]


def resources(bundle, kind: str) -> list[dict]:
    """What a Bundle holds of a type."""
    return [one["resource"] for one in bundle.get("entry", []) if one["resource"]["resourceType"] == kind]
