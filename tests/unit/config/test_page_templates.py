"""Templates are read before anybody opens a page: the real ones are whole, and each kind of mistake is told."""

import pytest
from django.conf import settings
from django.test import override_settings

from ansinh.config import page_templates


def test_every_page_template_of_the_node_is_whole():
    source = settings.ROOT / "src" / "ansinh"

    assert len(page_templates.names(source)) > 100
    assert page_templates.broken(source) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<p>{{ name }}</p>", ""),
        ("{% if name %}<p>", "if"),
        ("{{ name|khong_co }}", "khong_co"),
        ("{% include 'phong/khong-co.html' %}", "phong/khong-co.html không có"),
        ("{% if name %}{% include 'phong/khong-co.html' %}{% endif %}", "phong/khong-co.html không có"),
        ("{% extends 'phong/khong-co.html' %}", "phong/khong-co.html không có"),
        ("{% include part %}", ""),
    ],
)
def test_broken_tells_what_cannot_be_read(tmp_path, text, told):
    folder = tmp_path / "phong" / "templates" / "phong"
    folder.mkdir(parents=True)
    (folder / "trang.html").write_text(text, encoding="utf-8")
    engine = {**settings.TEMPLATES[0], "APP_DIRS": False, "DIRS": [folder.parent]}

    with override_settings(TEMPLATES=[engine]):
        found = page_templates.broken(tmp_path)

    assert [name for name, _ in found] == (["phong/trang.html"] if told else [])
    assert told in "".join(why for _, why in found)
