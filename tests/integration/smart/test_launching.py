"""An app is given leave, sees what it was given and nothing else, and stops when it is to."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from falcon.testing import TestClient

from ansinh.api.door import fhir_application
from ansinh.kernel import clock
from tests.integration.smart.conftest import App, observation

pytestmark = pytest.mark.django_db
LAB = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"


def total(bundle: dict) -> int:
    return len([one for one in bundle.get("entry", []) if one["search"]["mode"] == "match"])


def test_configuration_names_addresses_that_answer():
    answer = TestClient(fhir_application).simulate_get(
        "/fhir/.well-known/smart-configuration", headers={"Host": "testserver", "Accept": "application/json"}
    )

    assert answer.status_code == 200
    assert answer.json["code_challenge_methods_supported"] == ["S256"]
    assert {"launch-ehr", "launch-standalone", "permission-v2", "client-confidential-asymmetric"} <= set(
        answer.json["capabilities"]
    )
    for name in ("token", "revocation", "introspection", "registration"):
        assert Client().get(urlsplit(answer.json[f"{name}_endpoint"]).path).status_code == 405
    assert Client().get(urlsplit(answer.json["authorization_endpoint"]).path).status_code == 302


def test_capability_statement_says_where_to_ask_for_leave():
    told = TestClient(fhir_application).simulate_get("/fhir/metadata", headers={"Host": "testserver"}).json
    security = told["rest"][0]["security"]

    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"
    assert {one["url"] for one in security["extension"][0]["extension"]} == {"authorize", "token", "revoke"}


def test_standalone_launch_sees_the_chosen_person_and_nobody_else(app, client_of, people, fhir):
    browser = client_of("binh")
    page = browser.post(app.query("launch/patient patient/*.rs"), {"q": "Lò"}).content.decode()
    assert people["Một"] in page
    assert people["Ba"] not in page  # of another facility

    status, told = app.exchange(app.code(browser, "launch/patient patient/*.rs", person=people["Một"]))

    assert (status, told["patient"], told["scope"]) == (200, people["Một"], "launch/patient patient/*.rs")
    assert "refresh_token" not in told
    token = told["access_token"]
    assert fhir(token, "GET", f"/Patient/{people['Một']}")[0] == 200
    assert fhir(token, "GET", f"/Patient/{people['Hai']}")[0] == 404
    assert total(fhir(token, "GET", "/Patient")[1]) == 1
    assert total(fhir(token, "GET", "/Observation")[1]) == 2
    assert total(fhir(token, "GET", f"/Observation?patient={people['Hai']}")[1]) == 0
    assert fhir(token, "GET", "/Observation?_summary=count")[1]["total"] == 2
    assert total(fhir(token, "GET", "/Patient?_has:Observation:patient:code=8867-4")[1]) == 1
    assert fhir(token, "GET", f"/Patient/{people['Hai']}/_history")[0] == 404
    assert fhir(token, "GET", f"/Patient/{people['Hai']}/$everything")[0] == 404
    # Reading was granted, and nothing else.
    assert fhir(token, "POST", "/Observation", observation(people["Một"]))[0] == 403
    # The toolkit's own words never leave the node.
    assert "~" not in str(told)


def test_history_of_a_type_and_of_the_node_tell_of_the_one_person(app, client_of, people, fhir):
    token = app.exchange(app.code(client_of("binh"), "patient/*.rs", person=people["Một"]))[1]["access_token"]

    for path in ("/Observation/_history", "/Patient/_history"):
        status, told = fhir(token, "GET", f"{path}?_count=100")
        assert status == 200, path
        about = {one["resource"].get("subject", {}).get("reference", f"Patient/{one['resource']['id']}")
                 for one in told["entry"]}  # fmt: skip
        assert about == {f"Patient/{people['Một']}"}, path


def test_app_that_may_write_writes_about_its_person_only(app, client_of, people, fhir):
    scope = "patient/Observation.cruds patient/Patient.r"
    token = app.exchange(app.code(client_of("binh"), scope, person=people["Một"]))[1]["access_token"]

    status, made = fhir(token, "POST", "/Observation", observation(people["Một"]))
    assert status == 201
    assert fhir(token, "PUT", f"/Observation/{made['id']}", {**made, "status": "amended"})[0] == 200
    assert fhir(token, "POST", "/Observation", observation(people["Hai"]))[0] in (404, 422)
    assert fhir(token, "PUT", f"/Observation/{made['id']}", {**made, **observation(people["Hai"])})[0] in (404, 422)
    assert fhir(token, "POST", "/Condition", {"resourceType": "Condition"})[0] == 403


def test_granular_scope_sees_records_with_its_code_by_every_way(app, client_of, people, fhir, lan):
    from ansinh.fhir.store import Repository

    vital = Repository(lan).create(observation(people["Một"])).resource["id"]
    scope = f"patient/Observation.rs?category={LAB} patient/Patient.rs"
    token = app.exchange(app.code(client_of("binh"), scope, person=people["Một"]))[1]["access_token"]

    found = fhir(token, "GET", "/Observation")[1]
    assert total(found) == 1
    assert found["entry"][0]["resource"]["category"][0]["coding"][0]["code"] == "laboratory"
    assert fhir(token, "GET", f"/Observation/{found['entry'][0]['resource']['id']}")[0] == 200
    assert fhir(token, "GET", f"/Observation/{vital}")[0] == 404
    assert fhir(token, "GET", f"/Observation/{vital}/_history")[0] == 404
    assert fhir(token, "GET", f"/Observation?_id={vital}&_summary=count")[1]["total"] == 0
    assert fhir(token, "GET", "/Patient?_revinclude=Observation:patient")[1]["entry"][1:] == [
        one | {"search": {"mode": "include"}} for one in found["entry"]
    ]


def test_user_scopes_see_what_the_user_sees_and_no_more(app, client_of, people, fhir):
    token = app.exchange(app.code(client_of("lan"), "user/Patient.rs"))[1]["access_token"]

    assert total(fhir(token, "GET", "/Patient?_count=100")[1]) >= 2
    assert fhir(token, "GET", f"/Patient/{people['Ba']}")[0] == 404
    assert fhir(token, "GET", "/Observation")[0] == 403


def test_launch_from_the_page_of_a_person_brings_that_person(app, client_of, people, fhir, settings):
    browser = client_of("binh")
    assert "Ứng dụng thử" in browser.get(reverse("person_apps", args=[people["Hai"]])).content.decode()
    sent = browser.post(reverse("smart_launch", args=[people["Hai"]]), {"app": app.client_id})
    given = {name: values[0] for name, values in parse_qs(urlsplit(sent["Location"]).query).items()}

    assert sent["Location"].startswith("https://app.example.vn/mo?")
    assert given["iss"] == settings.FHIR_BASE
    told = app.exchange(app.code(browser, "launch patient/*.rs", launch=given["launch"]))[1]
    assert told["patient"] == people["Hai"]
    assert total(fhir(told["access_token"], "GET", "/Patient")[1]) == 1
    # The word is this user's, for this app, for five minutes.
    assert client_of("lan").get(app.query("launch", launch=given["launch"])).status_code == 400
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        assert browser.get(app.query("launch", launch=given["launch"])).status_code == 400
    assert browser.get(app.query("launch", launch="khong-co")).status_code == 400


def test_launch_for_a_person_beyond_reach_is_not_found(app, client_of, people):
    browser = client_of("lan")

    assert browser.post(reverse("smart_launch", args=[people["Ba"]]), {"app": app.client_id}).status_code == 404
    assert browser.post(reverse("smart_launch", args=[people["Một"]]), {"app": "khong-co"}).status_code == 404
    assert app.ask(browser, "patient/*.rs", person=people["Ba"]).status_code == 400


def test_who_says_no_gives_nothing(app, client_of):
    answer = app.ask(client_of("binh"), "user/Patient.rs", answer="no")

    assert parse_qs(urlsplit(answer["Location"]).query)["error"] == ["access_denied"]


def test_nobody_is_asked_before_logging_in(app):
    answer = Client().get(app.query("user/Patient.rs"))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


@pytest.mark.parametrize(
    "change",
    [
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": ""},
        {"aud": "https://khac.example.vn/fhir"},
        {"aud": ""},
        {"client_id": "khong-co"},
        {"redirect_uri": "https://ke-gian.example.vn/ve"},
        {"redirect_uri": "https://app.example.vn/ve/../khac"},
        {"response_type": "token"},
    ],
    ids=str,
)
def test_request_that_is_not_sound_gets_no_code(app, client_of, change):
    answer = client_of("binh").get(app.query("user/Patient.rs", **change))

    if answer.status_code == 302:
        assert answer["Location"].startswith("https://app.example.vn/ve?error=")
    else:
        assert answer.status_code == 400


@pytest.mark.parametrize(
    "scope",
    ["", "user/Khong.rs", "user/Patient.sr", "user/Patient.x", "~person/abc user/Patient.rs", "~role/1", "system/*.rs",
     "openid", "user/Observation.rs?code=123", "user/Observation.cruds?category=" + LAB,
     "user/Patient.rs launch/encounter"],
)  # fmt: skip
def test_scope_that_does_not_exist_is_refused(app, client_of, scope):
    answer = client_of("binh").get(app.query(scope))

    location = answer.get("Location", "")
    assert answer.status_code == 400 or "error=invalid_scope" in location or "error=invalid_request" in location


def test_app_is_granted_no_more_than_it_was_registered_with(register, client_of):
    narrow = App(register(scope="patient/Observation.rs").json()["client_id"])

    for scope in ("patient/Observation.cruds", "patient/Patient.rs", "user/Observation.rs", "offline_access"):
        assert "error=invalid_scope" in client_of("binh").get(narrow.query(scope)).get("Location", ""), scope


def test_code_works_once_and_only_with_its_verifier(app, client_of):
    browser = client_of("binh")
    stolen = app.code(browser, "user/Patient.rs")
    assert app.exchange(stolen, verifier="x" * 50)[0] == 400

    code = app.code(browser, "user/Patient.rs")
    assert app.exchange(code)[0] == 200
    assert app.exchange(code)[0] == 400
    with clock.frozen(clock.now()):
        assert app.exchange("khong-co")[0] == 400


def test_code_of_another_app_is_worthless(app, register, client_of):
    other = App(register(client_name="Khác").json()["client_id"])

    assert other.exchange(app.code(client_of("binh"), "user/Patient.rs"))[0] == 400


def test_app_with_a_secret_needs_it(register, client_of):
    told = register(token_endpoint_auth_method="client_secret_basic").json()
    own = App(told["client_id"], told["client_secret"])
    browser = client_of("binh")

    assert App(own.client_id, "sai").exchange(own.code(browser, "user/Patient.rs"))[0] == 401
    assert App(own.client_id).exchange(own.code(browser, "user/Patient.rs"))[0] == 401
    assert own.exchange(own.code(browser, "user/Patient.rs"))[0] == 200


def test_refreshing_keeps_the_person_also_with_less(app, client_of, people, fhir):
    scope = "offline_access patient/Patient.rs patient/Observation.rs"
    first = app.exchange(app.code(client_of("binh"), scope, person=people["Một"]))[1]

    status, second = app.token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert (status, second["patient"]) == (200, people["Một"])
    less = app.token(
        grant_type="refresh_token", refresh_token=second["refresh_token"], scope="offline_access patient/Patient.rs"
    )[1]
    assert (less["patient"], less["scope"]) == (people["Một"], "offline_access patient/Patient.rs")
    assert fhir(less["access_token"], "GET", f"/Patient/{people['Một']}")[0] == 200
    assert fhir(less["access_token"], "GET", f"/Patient/{people['Hai']}")[0] == 404
    assert fhir(less["access_token"], "GET", "/Observation")[0] == 403


def test_refreshing_for_more_or_for_another_person_is_refused(app, client_of, people):
    first = app.exchange(app.code(client_of("binh"), "offline_access patient/Patient.rs", person=people["Một"]))[1]

    for scope in ("patient/Observation.rs", f"patient/Patient.rs ~person/{people['Hai']}"):
        status, told = app.token(grant_type="refresh_token", refresh_token=first["refresh_token"], scope=scope)
        assert status == 400 or told["patient"] == people["Một"], scope


def test_refresh_token_that_was_used_before_ends_the_grant(app, client_of, fhir, people):
    first = app.exchange(app.code(client_of("binh"), "offline_access user/Patient.rs"))[1]
    second = app.token(grant_type="refresh_token", refresh_token=first["refresh_token"])[1]

    assert app.token(grant_type="refresh_token", refresh_token=first["refresh_token"])[0] == 400
    assert app.token(grant_type="refresh_token", refresh_token=second["refresh_token"])[0] == 400


def test_token_that_is_revoked_or_over_opens_nothing(app, client_of, fhir):
    told = app.exchange(app.code(client_of("binh"), "user/Patient.rs"))[1]
    assert fhir(told["access_token"], "GET", "/Patient")[0] == 200
    with clock.frozen(clock.now() + timedelta(minutes=16)):
        assert fhir(told["access_token"], "GET", "/Patient")[0] == 401

    done = Client().post(reverse("smart_revoke"), {"token": told["access_token"], "client_id": app.client_id})

    assert done.status_code == 200
    assert fhir(told["access_token"], "GET", "/Patient")[0] == 401


def test_token_follows_the_role_of_its_user(app, client_of, account_of, fhir):
    from ansinh.access.models import Assignment

    token = app.exchange(app.code(client_of("binh"), "user/Patient.rs"))[1]["access_token"]
    Assignment.objects.filter(user=account_of("binh")).update(
        to_date=clock.today() - timedelta(days=1), from_date=clock.today() - timedelta(days=9)
    )

    assert fhir(token, "GET", "/Patient")[0] == 401


def test_app_learns_of_its_own_tokens_only(app, register, client_of):
    told = register(token_endpoint_auth_method="client_secret_basic").json()
    own = App(told["client_id"], told["client_secret"])
    mine = own.exchange(own.code(client_of("binh"), "user/Patient.rs"))[1]["access_token"]
    others = app.exchange(app.code(client_of("binh"), "user/Patient.rs"))[1]["access_token"]

    def known(token: str, secret: str = own.secret) -> tuple[int, dict]:
        import base64

        pair = base64.b64encode(f"{own.client_id}:{secret}".encode()).decode()
        answer = Client().post(
            reverse("smart_introspect"), {"token": token}, headers={"Authorization": f"Basic {pair}"}
        )
        return answer.status_code, answer.json()

    assert known(mine)[1]["active"]
    assert known(mine)[1]["scope"] == "user/Patient.rs"
    assert known(others) == known("khong-co") == (200, {"active": False})
    assert known(mine, "sai")[0] == 401


def test_app_that_is_closed_ends_at_once(app, client_of, fhir):
    token = app.exchange(app.code(client_of("binh"), "user/Patient.rs"))[1]["access_token"]
    page = client_of("admin")
    assert "Ứng dụng thử" in page.get(reverse("smart_apps")).content.decode()

    assert page.post(reverse("smart_apps"), {"app": app.client_id}).status_code == 302

    assert fhir(token, "GET", "/Patient")[0] == 401
    assert client_of("binh").get(app.query("user/Patient.rs")).status_code in (302, 400)
    assert "Ứng dụng thử" not in page.get(reverse("smart_apps")).content.decode()
    assert page.post(reverse("smart_apps"), {"app": app.client_id}).status_code == 404


def test_export_asked_by_an_app_holds_its_person_only(app, client_of, people):
    """A long job keeps what its asker was let see."""
    from ansinh.access.smart import bearer
    from ansinh.fhir.jobs import askers

    token = app.exchange(app.code(client_of("binh"), "patient/*.rs", person=people["Một"]))[1]["access_token"]
    context = bearer.context_of(token)

    kept = askers.context_of(askers.asker_of(context))

    assert kept.only == context.only
    assert kept.only.person == people["Một"]


def test_page_names_the_app_what_it_asks_and_where_it_leads(app, client_of):
    answer = client_of("binh").get(app.query("launch/patient patient/Observation.rs offline_access"))
    page = answer.content.decode()

    assert all(text in page for text in ("Ứng dụng thử", "Observation", "https://app.example.vn/ve", "Cho phép"))
    assert "https://app.example.vn" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
