"""Writing a round: the rows that are right in one transaction, the others told what is wrong with them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.encounters import queries as encounters
from ansinh.clinical.encounters import resources
from ansinh.clinical.encounters import rules as care_rules
from ansinh.clinical.encounters.resources import Care, Findings
from ansinh.clinical.registry import contacts
from ansinh.clinical.registry.rules import age
from ansinh.clinical.rounds import queries, rules
from ansinh.clinical.rounds.rules import RoundResult, RowEntry
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, Problem
from ansinh.kernel.naming import CS


def record_round(
    context: Context, *, facility: str, round_id: str, moment: datetime, entries: Sequence[RowEntry]
) -> RoundResult:
    """Writes what was measured on a round. Rows without anything measured are passed over.

    Good rows are written together or not at all; a row with a problem is not written and is named in the result. Sent
    again with the same `round_id`, what is on record stays as it is. Raises Invalid for a moment in the future.
    """
    local = moment.astimezone(clock.VIETNAM)
    care_rules.moment_of_care(local, "", clock.now())
    entries = [entry for entry in entries if entry.measures]
    before = queries.written(context, round_id, [entry.person for entry in entries])
    fresh = [entry for entry in entries if entry.person not in before]
    problems = {entry.person: found for entry in fresh if (found := _problems(entry, local))}
    good = [entry for entry in fresh if entry.person not in problems]
    _write(context, facility, round_id, local, good)
    return RoundResult([entry.person for entry in good], sorted(before), problems)


def _problems(entry: RowEntry, moment: datetime) -> list[Problem]:
    found = care_rules.vital_problems(entry.measures, encounters.vitals())
    try:
        care_rules.moment_of_care(moment, entry.birth, clock.now())
    except Invalid as error:
        found.append(Problem("value", error.message, "moment", key=error.code))
    return found


def _write(context: Context, facility: str, round_id: str, moment: datetime, entries: Sequence[RowEntry]) -> None:
    if not entries:
        return
    repository, label = Repository(context), concepts.display(CS("encounter-type"), rules.VITALS_ROUND)
    staff = contacts.on_staff(context)
    weighed = [entry.person for entry in entries if "weight" in entry.measures and _is_grown(entry)]
    heights = queries.last_heights(context, weighed)
    plans = []
    for entry in entries:
        place = Care(
            id=queries.entry_id(round_id, entry.person),
            patient=entry.person,
            facility=facility,
            moment=moment.isoformat(timespec="seconds"),
            actor=staff,
            actor_name=context.display,
            stay=entry.stay,
            inpatient=True,
        )
        findings = Findings(measures=_with_index(entry, heights))
        contact = resources.all_resources(place, rules.VITALS_ROUND, label, findings, encounters.vitals())
        plans += [repository.to_create(resource, id=resource["id"]) for resource in contact]
    repository.carry_out(plans)


def _is_grown(entry: RowEntry) -> bool:
    return bool(entry.birth) and age(entry.birth, clock.today()).years >= care.ADULT


def _with_index(entry: RowEntry, heights: dict[str, Decimal]) -> dict[str, Decimal]:
    index = care_rules.bmi(entry.measures.get("weight"), heights.get(entry.person))
    return {**entry.measures, **({"bmi": index} if index else {})}
