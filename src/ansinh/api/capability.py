"""`/fhir/metadata`: what this door can do, read from what is really there."""

from functools import lru_cache
from importlib.metadata import version
from typing import Any

import falcon

from ansinh.api import answers, apps, bulk, histories, interactions, operations, subscriptions, terminology
from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.model import json
from ansinh.fhir.model.definitions import definitions
from ansinh.fhir.store import watching
from ansinh.fhir.subscriptions.names import SERVER
from ansinh.kernel import clock
from ansinh.kernel.errors import Malformed
from ansinh.kernel.naming import BASE

# Resources that are messages, not records; a door that stored them would mislead.
_NOT_STORED = frozenset({"Parameters", "OperationOutcome", "CapabilityStatement"})
_STARTED = clock.instant()

# Interaction → the class and responder that carry it out; what has no responder is not announced.
_RESPONDERS: dict[str, tuple[type, str]] = {
    "read": (interactions.Instance, "on_get"),
    "vread": (interactions.OneVersion, "on_get"),
    "update": (interactions.Instance, "on_put"),
    "patch": (interactions.Instance, "on_patch"),
    "delete": (interactions.Instance, "on_delete"),
    "history-instance": (histories.Versions, "on_get"),
    "history-type": (histories.TypeVersions, "on_get"),
    "create": (interactions.Type, "on_post"),
    "search-type": (interactions.Type, "on_get"),
}

_OF_AUDIT = frozenset({"read", "search-type"})  # the node writes it itself (`audits`)

_SYSTEM: dict[str, tuple[type, str]] = {
    "transaction": (interactions.System, "on_post"),
    "batch": (interactions.System, "on_post"),
    "search-system": (interactions.System, "on_get"),
    "history-system": (histories.AllVersions, "on_get"),
}


class Metadata:
    """`/fhir/metadata`, open to everybody."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """The CapabilityStatement; with `mode=terminology` the TerminologyCapabilities. Raises Malformed."""
        mode = request.get_param("mode", default="full")
        if mode == "terminology":
            answers.send(response, terminology.statement(answers.base_of(request), _STARTED))
        elif mode in ("full", "normative"):
            answers.send_bytes(response, _statement_bytes(answers.base_of(request)))
        else:
            raise Malformed("mode là full, normative hoặc terminology.", field="mode")


@lru_cache(maxsize=16)
def _statement_bytes(base: str) -> bytes:
    return json.dumps(statement(base))


watching.on_change(_statement_bytes.cache_clear)


def statement(base: str) -> dict[str, Any]:
    """The CapabilityStatement of this node at this address."""
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{BASE}/CapabilityStatement/an-sinh",
        "name": "AnSinh",
        "title": "Cửa FHIR của An Sinh",
        "status": "active",
        "date": _STARTED,
        "publisher": "An Sinh",
        "kind": "instance",
        "instantiates": [SERVER, bulk.SERVER],
        "software": {"name": "An Sinh", "version": version("ansinh")},
        "implementation": {"description": "Nút An Sinh", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": ["application/json-patch+json", "application/merge-patch+json", "application/fhir+json"],
        "rest": [_rest(base)],
    }


def _rest(base: str) -> dict[str, Any]:
    whole = [{"code": code} for code, (holder, responder) in _SYSTEM.items() if hasattr(holder, responder)]
    rest: dict[str, Any] = {
        "mode": "server",
        "security": {
            "cors": False,
            **apps.security(base),
            "description": "Mã truy cập dạng Authorization: Bearer. Không nhận cookie phiên đăng nhập.",
        },
        "resource": [_resource(kind) for kind in sorted(definitions().resource_types - _NOT_STORED)],
    }
    return rest | ({"interaction": whole} if whole else {}) | {"operation": _operations("")}


def _resource(kind: str) -> dict[str, Any]:
    known = sorted(parameters(kind).values(), key=lambda parameter: parameter.code)
    found: dict[str, Any] = {
        "type": kind,
        "profile": f"http://hl7.org/fhir/StructureDefinition/{kind}",
        "interaction": [
            {"code": code}
            for code, (holder, responder) in _RESPONDERS.items()
            if hasattr(holder, responder) and (kind != "AuditEvent" or code in _OF_AUDIT)
        ],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": hasattr(interactions.Type, "on_put"),
        "conditionalDelete": "single" if hasattr(interactions.Type, "on_delete") else "not-supported",
        "referencePolicy": ["literal", "logical"],
    }
    included = [f"{kind}:{parameter.code}" for parameter in known if parameter.type == "reference"]
    if included:
        found["searchInclude"] = included
    shared = [{"name": "_id", "type": "token"}, {"name": "_lastUpdated", "type": "date"}]
    own = [{"name": parameter.code, "type": parameter.type} for parameter in known]
    named = _operations(kind)
    if kind == "Subscription":
        found |= subscriptions.announced()
    return found | {"searchParam": shared + own} | ({"operation": named} if named else {})


def _operations(kind: str) -> list[dict[str, str]]:
    """The operations of a type; "" for those of every type."""
    table = (*operations.TABLE, *subscriptions.TABLE, *bulk.TABLE)
    found = {one.name: one.definition for one in table if one.type == kind}
    return [{"name": name, "definition": definition} for name, definition in found.items()]
