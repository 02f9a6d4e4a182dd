"""Where a request comes from, behind proxies and without."""

import pytest
from django.test import RequestFactory

from ansinh.access.addresses import address_of

# (proxies, REMOTE_ADDR, X-Forwarded-For, address)
CASES = [
    (0, "203.0.113.7", None, "203.0.113.7"),
    (0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
    (1, "127.0.0.1", "198.51.100.1", "198.51.100.1"),
    (1, "127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
    (2, "127.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
    (2, "127.0.0.1", "198.51.100.1", "127.0.0.1"),
    (1, "127.0.0.1", "không phải", "0.0.0.0"),
    (1, "127.0.0.1", "<script>", "0.0.0.0"),
    (0, "", None, "0.0.0.0"),
    (1, "127.0.0.1", "2001:db8::1", "2001:db8::1"),
]


@pytest.mark.parametrize(("proxies", "remote", "forwarded", "address"), CASES)
def test_address_is_what_the_nodes_own_proxies_say(settings, proxies, remote, forwarded, address):
    settings.PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded.encode("ascii", "replace").decode()} if forwarded else {}

    assert address_of(RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)) == address
