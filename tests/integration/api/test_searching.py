"""Search by address and by form, paging, includes, and bundles."""

import pytest

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def people(doctor, patient):
    """Five people of A."""
    names = ("An", "Bình", "Chi", "Dũng", "Em")
    return [
        doctor.post("/Patient", patient | {"name": [{"text": f"Trần Văn {name}", "family": "Trần"}]}).json
        for name in names
    ]


def ids(bundle):
    return [entry["resource"]["id"] for entry in bundle.get("entry", []) if entry["search"]["mode"] == "match"]


def test_search_finds_without_marks_and_links_itself(doctor, people):
    bundle = doctor.get("/Patient?name=tran&gender=male").json

    assert bundle["type"] == "searchset"
    assert sorted(ids(bundle)) == sorted(person["id"] for person in people)
    assert bundle["link"][0] == {"relation": "self", "url": "http://testserver/fhir/Patient?name=tran&gender=male"}
    assert bundle["entry"][0]["fullUrl"].startswith("http://testserver/fhir/Patient/")


def test_search_pages_follow_each_other_to_the_end(doctor, people):
    seen, path = [], "/Patient?name=tran&_count=2&_total=accurate"
    for _ in range(3):
        bundle = doctor.get(path).json
        seen += ids(bundle)
        assert bundle["total"] == 5
        following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
        path = following[0].removeprefix("http://testserver/fhir") if following else ""

    assert path == ""
    assert sorted(seen) == sorted(person["id"] for person in people)


def test_search_by_form_keeps_names_out_of_addresses(doctor, people):
    answer = doctor.post("/Patient/_search", b"name=tran&_count=2", Content_Type=FORM)

    assert answer.status_code == 200
    assert len(ids(answer.json)) == 2
    assert not any("tran" in link["url"].partition("?_cursor")[0] for link in answer.json["link"])


def test_next_page_of_a_form_search_takes_the_same_form(doctor, people):
    first = doctor.post("/Patient/_search", b"name=tran&_count=3", Content_Type=FORM).json
    following = next(link["url"] for link in first["link"] if link["relation"] == "next")

    second = doctor.post(
        following.removeprefix("http://testserver/fhir"), b"name=tran&_count=3", Content_Type=FORM
    ).json

    assert len(set(ids(first)) | set(ids(second))) == 5


def test_include_adds_what_is_referred_to(doctor, people, units):
    bundle = doctor.get("/Patient?name=tran&_include=Patient:organization").json

    included = [entry["resource"] for entry in bundle["entry"] if entry["search"]["mode"] == "include"]
    assert [resource["id"] for resource in included] == [units["a"]]


def test_count_only_gives_no_entries(doctor, people):
    bundle = doctor.get("/Patient?name=tran&_summary=count").json

    assert bundle["total"] == 5
    assert "entry" not in bundle


def test_elements_narrow_the_matches(doctor, people):
    bundle = doctor.get("/Patient?name=tran&_elements=gender&_count=1").json

    assert "name" not in bundle["entry"][0]["resource"]


def test_unknown_parameter_is_refused_unless_the_client_is_lenient(doctor, people, sentences):
    strict = doctor.get("/Patient?colour=red")
    lenient = doctor.get("/Patient?colour=red&name=tran", Prefer="handling=lenient").json

    assert strict.status_code == 400
    assert "colour" in sentences(strict)
    assert len(ids(lenient)) == 5
    outcome = next(entry for entry in lenient["entry"] if entry["search"]["mode"] == "outcome")
    assert "colour" in outcome["resource"]["issue"][0]["details"]["text"]


@pytest.mark.parametrize(
    "query", ["birthdate=1948-13-01", "birthdate=x", "_count=-1", "_sort=nothing", "name:almost=x", "_cursor=abc"]
)
def test_search_that_makes_no_sense_is_refused(doctor, people, query):
    answer = doctor.get(f"/Patient?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0].partition(":")[0] in answer.text


def test_search_form_of_another_kind_is_refused(doctor):
    assert doctor.post("/Patient/_search", b"{}", Content_Type="application/json").status_code == 415
    assert doctor.post("/Patient/_search", b"name=\xff", Content_Type=FORM).status_code == 400


def test_transaction_is_all_or_nothing(doctor, patient, stored):
    good = {
        "fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
        "resource": patient | {"name": [{"text": "Lê Thị Giao Dịch", "family": "Lê"}]},
        "request": {"method": "POST", "url": "Patient"},
    }
    bad = {"resource": patient | {"gender": "nam"}, "request": {"method": "POST", "url": "Patient"}}

    refused = doctor.post("", {"resourceType": "Bundle", "type": "transaction", "entry": [good, bad]})
    nothing = doctor.get("/Patient?name=giao dich".replace(" ", "%20")).json
    accepted = doctor.post("", {"resourceType": "Bundle", "type": "transaction", "entry": [good]})

    assert refused.status_code in (400, 422)
    assert ids(nothing) == []
    assert accepted.status_code == 200, accepted.text
    assert accepted.json["type"] == "transaction-response"
    assert accepted.json["entry"][0]["response"]["status"].startswith("201")


@pytest.mark.parametrize("kind", ["searchset", "document", None])
def test_bundle_of_another_kind_is_refused(doctor, kind):
    assert doctor.post("", {"resourceType": "Bundle", **({"type": kind} if kind else {})}).status_code == 400


@pytest.mark.parametrize(
    ("parameter", "prefer", "status"),
    [
        ("_totalMethod=count", "", 200),
        ("_totalMethod=count", "handling=lenient", 200),
        ("_totalMethod=count", "handling=strict", 400),
        ("colour=red", "", 400),
        ("colour=red", "handling=strict", 400),
        ("_query=named", "", 400),
    ],
)
def test_unknown_parameter_is_passed_over_when_it_is_a_control_and_nobody_asks_for_strictness(
    doctor, people, parameter, prefer, status
):
    answer = doctor.get(f"/Patient?{parameter}", **({"Prefer": prefer} if prefer else {}))

    assert answer.status_code == status
    if status == 200:
        outcome = next(entry for entry in answer.json["entry"] if entry["search"]["mode"] == "outcome")
        assert "_totalMethod" in outcome["resource"]["issue"][0]["details"]["text"]


def test_search_that_takes_too_long_is_cut_and_says_so(doctor, stored, monkeypatch):
    from ansinh.fhir.search import TooSlow, paging

    def slow(*_):
        raise TooSlow("Tìm kiếm này cần hơn 10 giây nên đã dừng.", code="search-too-slow")

    monkeypatch.setattr(paging, "page", slow)

    answer = doctor.get("/Patient")

    assert answer.status_code == 400
    assert answer.json["issue"][0]["code"] == "too-costly"


def test_texts_places_and_own_parameters_are_announced_and_answered(doctor, stored):
    resources = doctor.get("/metadata").json["rest"][0]["resource"]
    types = {one["type"]: {each["name"]: each["type"] for each in one["searchParam"]} for one in resources}

    assert types["Location"]["near"] == "special"
    assert types["Patient"]["_content"] == "string"
    assert types["Patient"]["beneficiary-group"] == "token"
    assert doctor.get("/Location?near=20|105").status_code == 200
    assert doctor.get("/Patient?beneficiary-group=none").json.get("entry") is None
