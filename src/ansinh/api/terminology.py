"""`/fhir/metadata?mode=terminology`: which code systems are held here, and how sets of them are expanded."""

from importlib.metadata import version
from typing import Any

from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.terminology import concepts
from ansinh.kernel.naming import BASE

_PARAMETERS = (
    "url", "valueSet", "filter", "date", "offset", "count", "includeDesignations", "includeDefinition", "activeOnly",
    "displayLanguage",
)  # fmt: skip


def statement(base: str, date: str) -> dict[str, Any]:
    """The TerminologyCapabilities of this node at this address. date: of the software, as an instant."""
    known = (url for url in definitions().code_system_urls() if "|" not in url)
    held = sorted({*known, *concepts.systems()})
    return {
        "resourceType": "TerminologyCapabilities",
        "url": f"{BASE}/TerminologyCapabilities/an-sinh",
        "name": "AnSinhTerminology",
        "title": "Danh mục mã của An Sinh",
        "status": "active",
        "date": date,
        "publisher": "An Sinh",
        "kind": "instance",
        "software": {"name": "An Sinh", "version": version("ansinh")},
        "implementation": {"description": "Nút An Sinh", "url": base},
        "lockedDate": True,
        "codeSystem": [{"uri": uri, "subsumption": True} for uri in held],
        "expansion": {
            "hierarchical": False,
            "paging": True,
            "incomplete": False,
            "parameter": [{"name": name} for name in _PARAMETERS],
            "textFilter": "Phần đầu của mỗi từ, không cần dấu, hoặc phần đầu của mã.",
        },
        "codeSearch": "all",
        "validateCode": {"translations": False},
        "translation": {"needsMap": True},
        "closure": {"translation": False},
    }
