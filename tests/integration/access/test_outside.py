"""An outside provider of identities: who it vouches for gets in when an account is theirs, and nobody else."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from ansinh.access import entering, vault
from ansinh.access.models import AccountEvent, OutsideIdentity, User
from tests.support.identity_provider import CLIENT, SECRET, Provider, served

pytestmark = pytest.mark.django_db
CITIZEN = "037160000001"


@pytest.fixture(scope="module")
def running():
    with served() as provider:
        yield provider


@pytest.fixture
def provider(running, settings) -> Provider:
    cache.clear()
    running.subject, running.more, running.wrong, running.metadata, running.redirects = "nguoi-1", {}, {}, {}, False
    running.asked.clear()
    settings.OUTSIDE = {
        "issuer": running.issuer, "client": CLIENT, "secret": SECRET, "name": "VNeID thử", "scope": "openid",
        "citizen_claim": "", "strong": frozenset({"loa3"}),
    }  # fmt: skip
    return running


@pytest.fixture
def lan(account_of, provider) -> User:
    """Lan, bound by the administrator to the provider's subject."""
    user = account_of("lan")
    OutsideIdentity.objects.create(user=user, issuer=provider.issuer, subject="nguoi-1")
    return user


def go(client: Client, provider: Provider, next: str = "") -> dict[str, str]:
    answer = client.get(reverse("outside_go"), {"next": next} if next else {})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{provider.issuer}/authorize?")
    return provider.authorize(answer["Location"])


def back(client: Client, brought: dict[str, str]):
    return client.get(reverse("outside_back"), brought)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_bound_identity_opens_its_account_and_leads_on(client, provider, lan):
    answer = back(client, go(client, provider, "/huong-dan/"))

    assert answer["Location"] == "/huong-dan/"
    assert client.session["_auth_user_id"] == str(lan.pk)
    assert AccountEvent.objects.first().detail == "outside"
    assert not entering.is_strong(client)


def test_log_in_page_offers_the_provider_by_name(client, provider):
    assert "Đăng nhập bằng VNeID thử" in client.get(reverse("login")).content.decode()


def test_next_on_another_site_is_ignored(client, provider, lan):
    assert back(client, go(client, provider, "https://evil.example/"))["Location"] == "/"


def test_stranger_is_told_plainly_and_gets_no_account(client, provider):
    before = User.objects.count()
    provider.subject = "nguoi-la-77"

    answer = back(client, go(client, provider))

    assert answer.status_code == 403
    assert "chưa gắn với tài khoản nào" in answer.content.decode()
    assert "nguoi-la-77" in answer.content.decode()
    assert User.objects.count() == before
    assert not is_in(client)


def test_bound_identity_of_a_closed_account_is_a_stranger(client, provider, lan):
    User.objects.update(is_active=False)

    assert back(client, go(client, provider)).status_code == 403


WRONG = [
    {"aud": "ung-dung-khac"},
    {"aud": ["ung-dung-khac", "x"]},
    {"aud": [CLIENT, "x"]},
    {"aud": [CLIENT, "x"], "azp": "x"},
    {"aud": CLIENT, "azp": "ung-dung-khac"},
    {"aud": None},
    {"iss": "https://id.khac.example"},
    {"iss": None},
    {"nonce": "cua-phien-khac"},
    {"nonce": None},
    {"exp": 1_700_000_000},
    {"exp": None},
    {"exp": "mai mốt"},
    {"exp": True},
    {"iat": 9_000_000_000},
    {"iat": None},
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"sub": "x" * 256},
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_token_with_a_wrong_claim_is_refused_in_words(client, provider, lan, wrong):
    provider.wrong = wrong

    answer = client.get(reverse("outside_back"), go(client, provider), follow=True)

    assert "Nơi cấp danh tính trả lời không đúng" in answer.content.decode()
    assert not is_in(client)


def test_audience_of_several_with_us_as_the_party_is_accepted(client, provider, lan):
    provider.wrong = {"aud": [CLIENT, "x"], "azp": CLIENT}

    assert back(client, go(client, provider))["Location"] == "/"
    assert is_in(client)


def test_answer_of_another_session_is_refused(client, provider, lan):
    brought = go(client, provider)
    other = Client()
    go(other, provider)

    assert back(other, brought)["Location"] == reverse("login")
    assert back(Client(), brought)["Location"] == reverse("login")
    assert not is_in(other)


def test_answer_that_comes_twice_is_refused(client, provider, lan):
    brought = go(client, provider)
    back(client, brought)
    client.post(reverse("logout"))

    assert back(client, brought)["Location"] == reverse("login")
    assert not is_in(client)


def test_code_with_the_verifier_of_another_session_is_refused_by_the_provider(client, provider, lan):
    stolen = go(Client(), provider)
    own = go(client, provider)

    answer = back(client, {"code": stolen["code"], "state": own["state"]})

    assert answer["Location"] == reverse("login")
    assert not is_in(client)


@pytest.mark.parametrize(
    "brought", [{}, {"error": "access_denied"}, {"code": ""}, {"code": "khong-co"}, {"iss": "https://x"}]
)
def test_answer_without_a_good_code_is_refused(client, provider, lan, brought):
    state = go(client, provider)["state"]

    assert back(client, {"state": state, **brought})["Location"] == reverse("login")
    assert not is_in(client)


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://id.khac.example"},
        {"token_endpoint": "http://id.khac.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_provider_whose_document_is_wrong_is_not_used(client, provider, metadata):
    provider.metadata = metadata

    assert client.get(reverse("outside_go"))["Location"] == reverse("login")


def test_provider_that_leads_elsewhere_or_is_away_is_told_in_words(client, provider, settings):
    provider.redirects = True
    assert "trả lời không đúng" in client.get(reverse("outside_go"), follow=True).content.decode()

    settings.OUTSIDE = {**settings.OUTSIDE, "issuer": "http://127.0.0.1:9"}
    assert "trả lời không đúng" in client.get(reverse("outside_go"), follow=True).content.decode()


def test_new_key_of_the_provider_is_asked_for_once(client, provider, lan):
    back(client, go(client, provider))
    client.post(reverse("logout"))
    provider.rotate()
    provider.asked.clear()

    assert back(client, go(client, provider))["Location"] == "/"
    assert provider.asked == ["/keys"]


def test_node_without_a_provider_says_so(client, db):
    answer = client.get(reverse("outside_go"), follow=True)

    assert "không dùng danh tính bên ngoài" in answer.content.decode()
    assert "Đăng nhập bằng" not in client.get(reverse("login")).content.decode()
    assert client.get(reverse("outside_back"), {"code": "x", "state": "y"})["Location"] == reverse("login")


# By citizen number


@pytest.fixture
def by_citizen(account_of, provider, settings) -> User:
    settings.OUTSIDE = {**settings.OUTSIDE, "citizen_claim": "cccd"}
    user = account_of("binh")
    user.citizen_digest = vault.digest("citizen", CITIZEN)
    user.save()
    provider.subject, provider.more = "nguoi-2", {"cccd": CITIZEN}
    return user


def test_citizen_number_finds_the_account_and_binds_it(client, provider, by_citizen):
    assert back(client, go(client, provider))["Location"] == "/"
    provider.more = {}
    again = Client()
    assert back(again, go(again, provider))["Location"] == "/"

    assert OutsideIdentity.objects.get(user=by_citizen).subject == "nguoi-2"


@pytest.mark.parametrize(
    "claim", [None, "", "037160000002", "37160000001", 37160000001, ["037160000001"], "0371600000012"]
)
def test_another_citizen_number_finds_nobody(client, provider, by_citizen, claim):
    provider.more = {"cccd": claim}

    assert back(client, go(client, provider)).status_code == 403


def test_citizen_number_is_not_looked_at_unless_configured(client, provider, by_citizen, settings):
    settings.OUTSIDE = {**settings.OUTSIDE, "citizen_claim": ""}

    assert back(client, go(client, provider)).status_code == 403


def test_second_subject_with_the_same_citizen_number_stays_a_stranger(client, provider, by_citizen):
    back(client, go(client, provider))
    provider.subject = "nguoi-3"
    other = Client()

    assert back(other, go(other, provider)).status_code == 403
    assert OutsideIdentity.objects.count() == 1


# Second factors


def test_account_with_a_telephone_is_asked_for_its_code(client, provider, lan):
    from ansinh.access import factors
    from tests.integration.access.test_second_factors import code_of

    secret = factors.new_totp_secret()
    factors.add_totp(lan, secret, code_of(secret, -1))

    assert back(client, go(client, provider, "/huong-dan/"))["Location"] == reverse("login_second")
    assert client.post(reverse("login_second"), {"code": code_of(secret)})["Location"] == "/huong-dan/"


@pytest.mark.parametrize(("acr", "strong"), [("loa3", True), ("loa2", False), (None, False)])
def test_two_proofs_at_the_provider_count_when_the_configuration_trusts_them(client, provider, lan, acr, strong):
    provider.more = {"acr": acr}
    back(client, go(client, provider))

    assert client.session[entering.STRONG] is strong
