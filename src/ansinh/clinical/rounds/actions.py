"""Writing a round: the rows that are right in one transaction, the others told what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from ansinh.clinical.encounters import actions as care
from ansinh.clinical.encounters import queries as encounters
from ansinh.clinical.encounters import resources
from ansinh.clinical.encounters import rules as care_rules
from ansinh.clinical.encounters.resources import Care, Findings
from ansinh.clinical.registry import contacts
from ansinh.clinical.registry.rules import age
from ansinh.clinical.rounds import queries, rules
from ansinh.clinical.rounds import resources as log_resources
from ansinh.clinical.rounds.resources import LogPlace
from ansinh.clinical.rounds.rules import RoundResult, RowEntry, Shift
from ansinh.clinical.wards.resources import residence_id
from ansinh.fhir.store import Repository
from ansinh.fhir.terminology import concepts
from ansinh.kernel import clock
from ansinh.kernel.context import Context
from ansinh.kernel.errors import Invalid, Problem, UserError
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


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of the care log. answers: linkId → code, words or `true`; version: of the line shown, 0 for none."""

    person: str
    stay: str
    answers: Mapping[str, str]
    version: int = 0


def record_log(context: Context, *, day: date, shift: Shift, entries: Sequence[LogEntry]) -> RoundResult:
    """Writes the lines of a shift that were filled in or changed; returns whose, and what is wrong with the others.

    Lines are written together or not at all; one with a problem (a restraint without its reason, changed by somebody
    else meanwhile) is left out and named. Raises Invalid for a shift that has not begun.
    """
    begins = rules.begins(day, shift).replace(tzinfo=clock.VIETNAM)
    care_rules.moment_of_care(begins, "", clock.now(), "shift")
    form, repository = queries.log_form(), Repository(context)
    present = queries.logs(context, [entry.person for entry in entries], day, shift)
    author = _author(context)
    problems: dict[str, Sequence[Problem]] = {}
    plans, saved = [], []
    for entry in entries:
        before = present.get(entry.person)
        answers = {link: value for link, value in entry.answers.items() if value}
        if answers == (log_resources.answers_of(before) if before else {}):
            continue
        place = LogPlace(entry.person, residence_id(entry.stay), day.isoformat(), shift.code)
        body = log_resources.log_resource(form, place, answers, authored=clock.instant(), author=author, before=before)
        try:
            plans.append(_plan(repository, body, before, entry.version))
            saved.append(entry.person)
        except UserError as error:
            problems[entry.person] = error.problems
    repository.carry_out(plans)
    return RoundResult(saved, [], problems)


def _plan(repository: Repository, body: dict[str, Any], before: dict[str, Any] | None, version: int) -> Any:
    """The write of a line, judged; raises what the house refuses of it."""
    if before is not None and int(before["meta"]["versionId"]) != version:
        message = _("Người khác vừa ghi dòng này. Mở lại trang để xem, rồi ghi thêm.")
        raise Invalid(message, code="log-stale")
    if before is None:
        return repository.to_create(body, id=body["id"])
    return repository.to_update(body, if_match=version)


def _author(context: Context) -> dict[str, Any]:
    staff = contacts.on_staff(context)
    known = {"reference": staff} if staff else {}
    return known | ({"display": context.display} if context.display else {})
