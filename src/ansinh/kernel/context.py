"""Who acts, where and why. Filled by `access`, obeyed by the store; there is no other way to reach resources."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Verb = Literal["read", "create", "update", "delete", "search", "history"]

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Only:
    """What an app was let see of what its user may. person: id of the one Patient, "" for all that the user sees.
    codes: (type, search parameter, system, code); of a type that is named only records that bear one of its codes."""

    person: str = ""
    codes: frozenset[tuple[str, str, str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Context:
    """One actor for one intent.

    actor: reference of who acts, `Practitioner/<id>`, `Device/<id>` or `system`.
    role: the role they act in, an id of `definitions/roles/` (`nurse`), or `system`.
    unit: id of the Organization they act for; new resources of a person belong to it. "" for the whole node.
    reach: ids of the Organizations whose records they may see (their unit and, for most roles, all below it);
        `frozenset({EVERYWHERE})` for the whole node. What belongs to nobody (definitions, organisations,
        practitioners, code systems) is visible to every reader whose `may` allows the type.
    may: resource type → verbs; the key "*" holds for types not named. A type without an entry is refused.
    permissions: names of what pages ask for (`person.open`, `report.approve`).
    purpose: why, a code of HL7 PurposeOfUse (`TREAT`, `HOPERAT`, `HRESCH`).
    persons: False for roles that see figures, never people: rows of a Patient's compartment do not exist for them.
    login: id of the account, for audit; "" for machines.
    labels: security labels whose records the role may see (`HIV`); `{"*"}` for all. What bears a label that is not
        among them does not exist for the reader.
    only: what of it an app was let see; None where a person or a machine acts with all of its rights.
    source: where the request comes from, for audit: door and address (`page 10.0.0.7`); "" for the node itself.
    """

    actor: str
    role: str
    unit: str = ""
    reach: frozenset[str] = frozenset()
    may: Mapping[str, frozenset[str]] = field(default_factory=dict)
    permissions: frozenset[str] = frozenset()
    purpose: str = "TREAT"
    persons: bool = True
    login: str = ""
    display: str = ""
    source: str = ""
    labels: frozenset[str] = frozenset()
    only: Only | None = None

    def allows(self, verb: str, resource_type: str) -> bool:
        """True when the role may do `verb` on resources of `resource_type` at all."""
        verbs = self.may.get(resource_type, self.may.get("*", frozenset()))
        return verb in verbs or "*" in verbs

    def reaches(self, organization_id: str) -> bool:
        """True when records that belong to this organisation may be seen."""
        return EVERYWHERE in self.reach or organization_id in self.reach

    def has(self, permission: str) -> bool:
        """True when pages may offer what `permission` names."""
        return permission in self.permissions or "*" in self.permissions

    def because_of(self, purpose: str) -> "Context":
        """The same actor acting for another purpose."""
        return replace(self, purpose=purpose)

    def at(self, unit: str) -> "Context":
        """The same actor acting for another unit within reach."""
        return replace(self, unit=unit)


def system_context(purpose: str = "HOPERAT", unit: str = "") -> Context:
    """The node itself: loading definitions, migrations, measures. Never handed to a request."""
    return Context(
        actor="system",
        role="system",
        unit=unit,
        reach=frozenset({EVERYWHERE}),
        may={"*": frozenset({"*"})},
        permissions=frozenset({"*"}),
        purpose=purpose,
        labels=frozenset({"*"}),
    )
