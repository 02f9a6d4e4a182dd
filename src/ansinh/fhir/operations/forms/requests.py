"""How a resource made of answers asks to be stored: its fullUrl, its id, its conditions."""

from collections.abc import Mapping
from typing import Any

from ansinh.fhir.operations.forms.expressions import Expressions
from ansinh.fhir.operations.forms.extensions import SDC, values
from ansinh.fhir.operations.forms.pairing import Product
from ansinh.kernel.ids import new_id

Resource = dict[str, Any]

_CONDITIONS = ("ifNoneMatch", "ifModifiedSince", "ifMatch", "ifNoneExist")


def allocated(element: Mapping[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
    """The names of the scope and those that `extractAllocateId` gives: each a fresh urn."""
    named = [str(one).removeprefix("%") for one in values(element, SDC("extractAllocateId"))]
    return {**scope, **{name: f"urn:uuid:{new_id()}" for name in named}}


def product(
    resource: Resource, rule: Mapping[str, Any], focus: Any, scope: Mapping[str, Any], run: Expressions, place: str
) -> Product:
    """The resource with what its rule says of fullUrl, resourceId and conditions, all of them FHIRPath texts."""

    def said(name: str) -> str:
        text = rule.get(name)
        return next(iter(run.texts(text, focus, scope, place)), "") if isinstance(text, str) else ""

    if identity := said("resourceId"):
        resource = {"resourceType": resource["resourceType"], "id": identity.rpartition("/")[2]} | {
            key: value for key, value in resource.items() if key not in ("resourceType", "id")
        }
    conditions = {name: found for name in _CONDITIONS if (found := said(name))}
    return Product(resource, said("fullUrl") or f"urn:uuid:{new_id()}", conditions)
