"""Topic files: what is read, and that a file which this node would not carry out is refused by name."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from ansinh.fhir.index.parameters import parameters
from ansinh.fhir.path import PathError
from ansinh.fhir.subscriptions.topics import read_topic, topic_of, topics
from ansinh.kernel.errors import Invalid, Malformed

FILES = sorted((Path(settings.DEFINITIONS) / "topics").glob("*.yaml"))


def a_topic(**trigger):
    return {"url": "https://a.vn/t", "title": "T", "resourceTrigger": [{"resource": "Task"} | trigger]}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_topic_is_read_and_named_after_its_file(path):
    topic = read_topic(path)

    assert topic.url == f"https://ansinh.vn/fhir/SubscriptionTopic/{path.stem}"
    assert topics()[topic.url] == topic
    assert re.search("^source: ", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_topic_can_be_filtered_only_by_what_search_knows(path):
    topic = read_topic(path)
    unknown = [
        (kind, one.parameter)
        for one in topic.filters
        for kind in ([one.resource] if one.resource else topic.types)
        if one.parameter not in {"_id", "_lastUpdated", *parameters(kind)}
    ]

    assert unknown == []


def test_trigger_without_more_is_every_change():
    trigger = topic_of(a_topic()).triggers[0]

    assert trigger.interactions == {"create", "update", "delete"}
    assert not trigger.looks_back


def test_types_of_a_topic_come_once_each_and_in_order():
    data = a_topic()
    data["resourceTrigger"] = [{"resource": one} for one in ("Task", "Flag", "Task")]

    assert topic_of(data).types == ("Task", "Flag")


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        {"url": "u", "title": "t", "resourceTrigger": []},
        {"url": "u", "title": "t", "resourceTrigger": [{}]},
        {"url": "u", "title": "t", "resourceTrigger": ["Task"]},
        a_topic() | {"notificationShapes": []},
        a_topic() | {"canFilterBy": [{"resource": "Task"}]},
        a_topic() | {"canFilterBy": [{"filterParameter": "code", "filterDefinition": "x"}]},
        a_topic(resource="Tasks"),
        a_topic(supportedInteraction=[]),
        a_topic(supportedInteraction=["create", "read"]),
        a_topic(eventTrigger="x"),
        a_topic(queryCriteria={"current": "status=x", "resultForCreate": "passes"}),
        a_topic(queryCriteria={"now": "status=x"}),
        a_topic(queryCriteria={"current": ""}),
        a_topic(queryCriteria={"current": "status="}),
        a_topic(queryCriteria={"current": "nothing=x"}),
        a_topic(queryCriteria={"current": "patient.name=an"}),
        a_topic(queryCriteria={"current": "_has:Flag:encounter:status=x"}),
        a_topic(queryCriteria={"current": "_list=1"}),
        a_topic(queryCriteria={"current": "status=x&_count=3"}),
        a_topic(queryCriteria={"current": "status=x&_sort=code"}),
        a_topic(queryCriteria={"current": "modified=hôm qua"}),
        a_topic(fhirPathCriteria="%current.status ="),
        a_topic(fhirPathCriteria="nothing(1)"),
    ],
)
def test_topic_that_this_node_would_not_carry_out_is_refused(data):
    with pytest.raises((Invalid, Malformed, PathError)):
        topic_of(data)


def test_refused_file_is_named(tmp_path):
    path = tmp_path / "la.yaml"
    path.write_text("url: u\ntitle: t\nresourceTrigger: [{resource: Người}]\n", encoding="utf-8")

    with pytest.raises(Invalid, match=re.escape("la.yaml")):
        read_topic(path)


def test_shape_is_kept_as_the_search_that_brings_it():
    shape = {"resource": "Task", "include": ["Task:patient"], "revInclude": ["Provenance:target"]}

    topic = topic_of(a_topic() | {"notificationShape": [shape]})

    assert topic.shapes == {"Task": (("_include", "Task:patient"), ("_revinclude", "Provenance:target"))}
    assert topic_of(a_topic()).shapes == {}


@pytest.mark.parametrize(
    "shape",
    [
        {"resource": "Patient", "include": ["Patient:organization"]},
        {"resource": "Task", "include": ["Task:nothing"]},
        {"resource": "Task", "include": ["patient"]},
        {"resource": "Task", "revInclude": ["Nothing:target"]},
        {"resource": "Task", "profile": "x"},
        {"include": ["Task:patient"]},
    ],
)
def test_shape_that_no_search_would_bring_is_refused(shape):
    with pytest.raises((Invalid, Malformed)):
        topic_of(a_topic() | {"notificationShape": [shape]})
