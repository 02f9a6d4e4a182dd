"""Narratives: basic formatting passes, whatever runs or reaches outside does not."""

import pytest

from ansinh.fhir.validation.narrative import is_narrative


def div(inner: str) -> str:
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{inner}</div>'


@pytest.mark.parametrize(
    "inner",
    [
        "chữ",
        "<p>Bà <b>A</b><br/>&nbsp;&amp;</p>",
        '<table border="1"><tbody><tr><td colspan="2">x</td></tr></tbody></table>',
        '<a href="#x">x</a><a href="https://example.org/a:b">y</a>',
        '<img src="data:image/png;base64,QQ==" alt="x"/>',
        '<p style="color: red" class="x" lang="vi">x</p>',
    ],
)
def test_formatting_passes(inner):
    assert is_narrative(div(inner))


@pytest.mark.parametrize(
    "text",
    [
        div(""),
        div("  <p> </p>"),
        div("<p>không đóng"),
        div("<script>alert(1)</script>x"),
        div("<form><input/></form>x"),
        div("<iframe src='http://x'/>x"),
        div('<p onclick="x()">x</p>'),
        div('<a href="javascript:alert(1)">x</a>'),
        div('<a href=" java\tscript:alert(1)">x</a>'),
        div('<img src="data:text/html;base64,QQ=="/>'),
        div('<p style="background: url(http://x)">x</p>'),
        div('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>x'),
        "<div>không có không gian tên</div>",
        '<!DOCTYPE div [<!ENTITY a "b">]>' + div("&a;"),
        "<?xml-stylesheet href='x'?>" + div("x"),
        '<span xmlns="http://www.w3.org/1999/xhtml"><div>x</div></span>',
        None,
        7,
    ],
)
def test_harmful_or_broken_is_refused(text):
    assert not is_narrative(text)
