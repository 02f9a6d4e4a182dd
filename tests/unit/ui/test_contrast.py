"""Both themes by arithmetic: text 4.5:1 and control lines 3:1 on every ground (WCAG 2.2: 1.4.3, 1.4.11)."""

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).resolve().parents[3] / "frontend/src/styles/_themes.scss"
TONES = ["good", "warn", "bad", "info", "neutral", "lotus"]
TEXT_ON_GROUND = ["ink", "ink-soft", "link", "link-hover", "link-visited", *TONES]
LINES = ["line-strong", "series-1", "series-2", "series-3", "series-4", "lotus"]
FILLS = ["brand", "brand-hover", "brand-active", "brand-deep", "danger", "danger-hover"]


def theme(name: str) -> dict[str, str]:
    block = SHEET.read_text(encoding="utf-8").split(f"@mixin {name} {{")[1].split("\n}")[0]
    return dict(re.findall(r"--as-([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_both_themes_name_the_same_roles():
    assert theme("light").keys() == theme("dark").keys()


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_reads_on_every_ground(name):
    colours = theme(name)
    pairs = [(text, ground) for text in TEXT_ON_GROUND for ground in ("paper", "surface", "hover")]
    pairs += [(tone, f"{tone}-soft") for tone in TONES]
    pairs += [("ink", f"{tone}-soft") for tone in ("good", "warn", "bad", "info", "neutral", "brand")]
    pairs += [("on-brand", fill) for fill in FILLS] + [("on-brand-soft", "brand-deep"), ("on-focus", "focus")]

    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_control_lines_and_series_are_seen_on_every_ground(name):
    colours = theme(name)
    pairs = [(line, ground) for line in LINES for ground in ("paper", "surface", "field")]

    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}
