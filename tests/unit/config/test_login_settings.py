"""What the environment says about logging in: a slip is refused at the start and never opens anything."""

import pytest

from ansinh.config.login import DEMO_MARK, mailers_from_url, outside_provider, second_factor

PROVIDER = {"ANSINH_OIDC_ISSUER": "https://id.example.vn/", "ANSINH_OIDC_CLIENT": "an-sinh"}


def test_second_factor_is_enforced_unless_the_node_is_a_demo(tmp_path):
    assert second_factor({}, tmp_path) == "enforced"

    (tmp_path / DEMO_MARK).write_text("{}")

    assert second_factor({}, tmp_path) == "advised"
    assert second_factor({"ANSINH_SECOND_FACTOR": "enforced"}, tmp_path) == "enforced"


@pytest.mark.parametrize("word", ["off", "no", "Enforced", "0", "none"])
def test_second_factor_of_another_word_stops_the_start(tmp_path, word):
    with pytest.raises(ValueError, match="ANSINH_SECOND_FACTOR"):
        second_factor({"ANSINH_SECOND_FACTOR": word}, tmp_path)


def test_no_issuer_is_no_provider():
    assert outside_provider({}) == {}
    assert outside_provider({"ANSINH_OIDC_CLIENT": "x"}) == {}


def test_provider_is_read_whole():
    provider = outside_provider({**PROVIDER, "ANSINH_OIDC_STRONG": "loa3 loa4", "ANSINH_OIDC_CITIZEN_CLAIM": "cccd"})

    assert (provider["issuer"], provider["client"], provider["secret"]) == ("https://id.example.vn", "an-sinh", "")
    assert provider["strong"] == {"loa3", "loa4"}
    assert provider["citizen_claim"] == "cccd"
    assert provider["scope"] == "openid"


@pytest.mark.parametrize("issuer", ["http://id.example.vn", "ftp://id.example.vn", "id.example.vn"])
def test_provider_without_https_stops_the_start(issuer):
    with pytest.raises(ValueError, match="https"):
        outside_provider({**PROVIDER, "ANSINH_OIDC_ISSUER": issuer})


def test_provider_without_a_client_stops_the_start():
    with pytest.raises(ValueError, match="ANSINH_OIDC_CLIENT"):
        outside_provider({"ANSINH_OIDC_ISSUER": "https://id.example.vn"})


# (address, host, port, ssl, tls)
MAIL = [
    ("smtp://thu:m%40t@mail.example.vn", "mail.example.vn", 587, False, True),
    ("smtps://mail.example.vn", "mail.example.vn", 465, True, False),
    ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, False, False),
]


@pytest.mark.parametrize(("url", "host", "port", "ssl", "tls"), MAIL)
def test_mail_server_is_read_and_encrypted_off_the_machine(url, host, port, ssl, tls):
    options = mailers_from_url(url)["default"]["OPTIONS"]

    assert (options["host"], options["port"], options["use_ssl"], options["use_tls"]) == (host, port, ssl, tls)


def test_mail_password_is_decoded():
    assert mailers_from_url(MAIL[0][0])["default"]["OPTIONS"]["password"] == "m@t"


def test_without_a_mail_server_letters_go_nowhere():
    assert "dummy" in mailers_from_url("")["default"]["BACKEND"]


def test_another_scheme_stops_the_start():
    with pytest.raises(ValueError, match="ANSINH_SMTP"):
        mailers_from_url("http://mail.example.vn")
