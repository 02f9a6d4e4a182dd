"""What every answer says to the browser: its language, where things come from, what of the device it may ask for."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("accepted", ["en-US,en;q=0.9", "vi", "de", "", "*;q=0"])
def test_language_first_visit_is_vietnamese_whatever_the_browser_says(client, accepted):
    answer = client.get(reverse("login"), headers={"Accept-Language": accepted})

    assert answer["Content-Language"] == "vi"
    assert '<html lang="vi"' in answer.content.decode()
    assert "Tên đăng nhập" in answer.content.decode()


def test_language_switch_makes_the_next_page_english(client):
    client.post(reverse("set_language"), {"language": "en", "next": "/"})

    answer = client.get(reverse("login"), headers={"Accept-Language": "vi"})

    assert '<html lang="en"' in answer.content.decode()


def test_language_unknown_cookie_is_vietnamese(client):
    client.cookies["django_language"] = "xx"

    assert client.get(reverse("login"))["Content-Language"] == "vi"


def test_policy_allows_own_files_only_and_nothing_inline(client):
    policy = client.get(reverse("login"))["Content-Security-Policy"]

    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";") if rule.strip()}
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == ["'self'"]
    assert rules["img-src"] == ["'self'", "data:"]
    assert rules["frame-ancestors"] == rules["object-src"] == ["'none'"]
    assert rules["base-uri"] == rules["form-action"] == ["'self'"]
    assert "unsafe" not in policy


def test_policy_stands_on_refusals_as_well(client):
    answer = client.get("/khong-co-trang-nay/")

    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer


def test_device_offers_its_camera_to_this_site_only(client):
    policy = client.get(reverse("login"))["Permissions-Policy"]

    assert "camera=(self)" in policy
    assert "microphone=()" in policy
    assert "geolocation=()" in policy
