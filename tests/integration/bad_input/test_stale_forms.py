"""A form saved after somebody else's change: refused in words, both shown, and it can be saved again on purpose."""

import html
import re
from typing import Any

import pytest
from django.urls import reverse

from ansinh.clinical.screening import actions as screening
from ansinh.fhir.store import Repository
from ansinh.network.capability import actions as capability
from ansinh.network.capability import queries as declared
from ansinh.programme.plans import actions as plan_actions
from ansinh.programme.plans import queries as plans
from ansinh.programme.plans.resources import task_id
from ansinh.programme.reports import actions as reports
from tests.support.page_forms import fields_of, lost
from tests.support.whole_person import answers

pytestmark = pytest.mark.django_db
PLAN, TASK = "ninh-binh-2021-2030", "nv-2-1-1"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


@pytest.fixture
def task(lan, an) -> str:
    recorded = screening.record_screening(
        context=lan, patient_id=an, questionnaire="phq-9", response=answers("phq-9", -1)
    )
    return recorded.task_ids[0]


def test_stale_step_of_a_task(nurse, binh, task, nothing_changes):
    screening.take_task(context=binh, task_id=task, version=1)
    data = {"step": "complete", "complete-version": "1", "complete-note": "Đã gọi điện hỏi thăm."}

    with nothing_changes():
        answer = nurse.post(reverse("task", args=[task]), data)

    assert answer.status_code == 412
    assert "Có người vừa thay đổi việc này" in text_of(answer)
    assert "Đã gọi điện hỏi thăm." in fields_of(answer.content.decode())["complete-note"]
    assert nurse.post(reverse("task", args=[task]), data | {"complete-version": "2"}).status_code == 302


def test_stale_progress_of_a_task_of_the_plan(client_of, officer, nothing_changes):
    client, address = client_of("officer"), reverse("plan_task", args=[PLAN, TASK])
    version = int(Repository(officer).read("Task", task_id(PLAN, TASK))["meta"]["versionId"])
    plan_actions.update_progress(
        officer,
        plan=plans.plan(officer, PLAN),
        task=TASK,
        status="in-progress",
        progress=30,
        note="Họp",
        version=version,
    )
    data = {"status": "in-progress", "progress": "70", "note": "Lời đang gõ", "version": str(version)}

    with nothing_changes():
        answer = client.post(address, data)

    page = text_of(answer)
    assert answer.status_code == 422
    assert "Có người" in page or "vừa" in page
    assert "30" in page
    assert set(lost(answer.content.decode(), data)) <= {"version"}
    again = data | {"version": fields_of(answer.content.decode())["version"][0]}
    assert client.post(address, again).status_code == 302


@pytest.mark.parametrize("before", [set(), {"bhyt"}])
def test_stale_declaration_of_capability(client_of, mai, world, nothing_changes, before):
    client, address = client_of("mai"), reverse("capability_declare", args=[world.a, "licence"])
    if before:
        capability.declare(mai, facility=world.a, catalogue="licence", chosen=before)
    opened = fields_of(client.get(address).content.decode())["read_at"][0]
    others = {"khambenh"} if before else {"bhyt"}
    capability.declare(mai, facility=world.a, catalogue="licence", chosen=others, evidence={"bhyt": "HĐ 12"})
    data = {"chosen": ["bhyt", "khambenh"], "start": "", "read_at": opened}

    with nothing_changes():
        answer = client.post(address, data)

    assert answer.status_code == 422
    assert "vừa được người khác sửa" in text_of(answer)
    assert set(lost(answer.content.decode(), data)) <= {"read_at"}
    assert {item.code for item in declared.declarations(mai, world.a)["licence"] if not item.valid_to} == others
    again = data | {"read_at": fields_of(answer.content.decode())["read_at"][0]}
    assert client.post(address, again).status_code == 302


def test_changed_words_of_evidence_make_a_declaration_stale(mai, world):
    capability.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt"}, evidence={"bhyt": "HĐ 12"})
    seen = capability.stamp(declared.declarations(mai, world.a)["licence"])

    capability.declare(mai, facility=world.a, catalogue="licence", chosen={"bhyt"}, evidence={"bhyt": "HĐ 13"})

    assert capability.stamp(declared.declarations(mai, world.a)["licence"]) != seen


def test_stale_words_of_a_report(client_of, officer, nothing_changes):
    draft = reports.build_draft(officer, plan_id=PLAN, year=2025)
    client, address = client_of("officer"), reverse("report_write", args=[draft.id])
    opened = {name: values[0] for name, values in fields_of(client.get(address).content.decode()).items()}
    reports.write_words(officer, report_id=draft.id, version=draft.version, words={"kho-khan": "Lời người khác."})
    data = opened | {"words-kho-khan": "Lời của tôi."}

    with nothing_changes():
        answer = client.post(address, data)

    assert answer.status_code == 422
    assert "Lời người khác." in text_of(answer)
    assert set(lost(answer.content.decode(), data)) <= {"version", "csrfmiddlewaretoken", "language", "next"}
