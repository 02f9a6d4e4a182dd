"""Where notifications may go: what the settings name and nothing else, whatever endpoint or name server say."""

import ipaddress
import socket

import pytest

from ansinh.fhir.subscriptions import addresses
from ansinh.fhir.subscriptions.addresses import Forbidden, Target, Unresolved

PUBLIC = "203.0.114.7"  # an ordinary public address


@pytest.fixture(autouse=True)
def _allowed(settings):
    settings.NOTIFY_TO = ["https://his.example.vn", "https://so-yte.example.vn:8443", "http://127.0.0.1:9000"]
    settings.NOTIFY_NETWORKS = ["10.20.0.0/16"]


def answering(monkeypatch, *found: str) -> None:
    listed = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: listed)


@pytest.mark.parametrize(
    ("endpoint", "target"),
    [
        ("https://his.example.vn/tin", Target("https", "his.example.vn", 443, "/tin")),
        ("https://his.example.vn", Target("https", "his.example.vn", 443, "/")),
        ("https://HIS.Example.VN:443/a?b=c", Target("https", "his.example.vn", 443, "/a?b=c")),
        ("https://his.example.vn./tin", Target("https", "his.example.vn", 443, "/tin")),
        ("https://so-yte.example.vn:8443/x", Target("https", "so-yte.example.vn", 8443, "/x")),
    ],
)
def test_endpoint_that_the_node_names_is_taken_apart(endpoint, target):
    assert addresses.target_of(endpoint) == target


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://his.example.vn/tin",  # another scheme is another origin
        "https://his.example.vn:8443/tin",
        "https://his.example.vn.evil.example/tin",
        "https://evil.example/his.example.vn",
        "https://evil.example#https://his.example.vn",
        "https://his.example.vn@evil.example/",
        "https://user:secret@his.example.vn/tin",
        "https://his.example.vn/tin#x",
        "https://his.example.vn/a b",
        "https://his.example.vn/a\r\nX-Header: 1",
        "https://his.example.vn/tới",
        "https://his.example.vn:99999/",
        "ftp://his.example.vn/",
        "//his.example.vn/",
        "https://",
        "https://[::1",
        "",
    ],
)
def test_endpoint_that_the_node_does_not_name_is_forbidden(endpoint):
    with pytest.raises(Forbidden):
        addresses.target_of(endpoint)


def test_named_origin_with_a_private_literal_needs_its_network(settings):
    with pytest.raises(Forbidden):
        addresses.target_of("http://127.0.0.1:9000/")

    settings.NOTIFY_NETWORKS = ["127.0.0.0/8"]
    assert addresses.is_local(addresses.target_of("http://127.0.0.1:9000/"))


def test_nothing_is_allowed_where_nothing_is_named(settings):
    settings.NOTIFY_TO = []

    with pytest.raises(Forbidden):
        addresses.target_of("https://his.example.vn/tin")


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.8.8 10.0.0.1 10.21.0.1 172.16.5.4 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1
    255.255.255.255 ::1 :: fe80::1 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1""".split(),
)
def test_private_address_is_forbidden(address):
    with pytest.raises(Forbidden):
        addresses.check(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", [PUBLIC, "10.20.7.7", "2606:4700::1111", "::ffff:10.20.1.1"])
def test_public_or_named_address_is_allowed(address):
    addresses.check(ipaddress.ip_address(address))


def test_name_resolves_to_the_address_that_was_judged(monkeypatch):
    answering(monkeypatch, PUBLIC)

    assert addresses.resolve(Target("https", "his.example.vn", 443, "/")) == PUBLIC


def test_name_with_one_private_address_among_public_ones_is_forbidden(monkeypatch):
    answering(monkeypatch, PUBLIC, "127.0.0.1")

    with pytest.raises(Forbidden):
        addresses.resolve(Target("https", "his.example.vn", 443, "/"))


def test_name_that_is_not_found_is_unresolved(monkeypatch):
    def fails(*_, **__):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fails)

    with pytest.raises(Unresolved):
        addresses.resolve(Target("https", "his.example.vn", 443, "/"))
