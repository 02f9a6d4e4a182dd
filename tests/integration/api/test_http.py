"""What HTTP says beside FHIR: HEAD, conditions on what is held already, versions of the standard, parts of answers."""

import pytest

from ansinh.fhir.store import journal

pytestmark = pytest.mark.django_db

READS = [
    "/metadata", "/Patient", "/Patient?name=mau", "", "/Patient/{id}", "/Patient/{id}/_history", "/_history",
    "/Patient/{id}/_history/1", "/Patient/{id}/Observation", "/Patient/{id}/$everything", "/Patient/none",
]  # fmt: skip


@pytest.mark.parametrize("path", READS)
def test_head_answers_as_get_without_a_body(node, stored, path):
    path = path.format(id=stored["id"])

    head, got = node.call("HEAD", path), node.get(path)

    assert head.status_code == got.status_code
    assert head.content == b""
    assert head.headers.get("etag") == got.headers.get("etag")
    assert head.headers["content-type"] == got.headers["content-type"]


@pytest.mark.parametrize("header", [{"If_None_Match": 'W/"1"'}, {"If_Modified_Since": "Sat, 29 Oct 2044 19:43:31 GMT"}])
@pytest.mark.parametrize("path", ["/Patient/{id}", "/Patient/{id}/_history/1"])
def test_what_the_client_holds_already_is_not_sent_again(doctor, stored, path, header):
    answer = doctor.get(path.format(id=stored["id"]), **header)

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == 'W/"1"'


def test_put_that_may_only_create_leaves_what_is_there(node, patient):
    sent = patient | {"id": "one"}

    first = node.put("/Patient/one", sent, If_None_Match="*")
    before = journal.position()
    second = node.put("/Patient/one", sent | {"gender": "female"}, If_None_Match="*")

    assert (first.status_code, second.status_code) == (201, 412)
    assert journal.position() == before


@pytest.mark.parametrize(("version", "reads", "writes"), [("4.0", 200, 201), ("4.0.1", 200, 201), ("5.0", 406, 415)])
def test_version_of_the_standard_in_a_media_type_is_obeyed(doctor, patient, version, reads, writes):
    media_type = f"application/fhir+json; fhirVersion={version}"

    assert doctor.get("/Patient", Accept=media_type).status_code == reads
    assert doctor.post("/Patient", patient, Content_Type=media_type).status_code == writes


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/Patient/{id}"), ("GET", "/Patient/{id}/_history/1"), ("PUT", "/Patient/{id}"), ("POST", "/Patient"),
        ("PUT", "/Patient?_id={id}"),
    ],
)  # fmt: skip
def test_part_of_a_resource_is_all_that_is_answered(doctor, stored, method, path):
    path = path.format(id=stored["id"]) + ("&" if "?" in path else "?") + "_elements=gender"

    answer = doctor.call(method, path, None if method == "GET" else stored).json

    assert answer.keys() == {"resourceType", "id", "meta", "gender"}
    assert answer["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert doctor.get(f"/Patient/{answer['id']}").json.keys() == stored.keys()


def test_part_that_cannot_be_given_is_refused_before_anything_is_written(doctor, patient):
    before = journal.position()

    answer = doctor.post("/Patient?_summary=some", patient)

    assert answer.status_code == 400
    assert journal.position() == before
