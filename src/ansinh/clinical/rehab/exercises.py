"""Home exercises: what is said and drawn on the sheet that a person takes home (home-exercises.yaml)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from ansinh.kernel import yaml
from ansinh.kernel.errors import Invalid
from ansinh.kernel.shapes import TEXT, WORDS, misfits

_POSE = {"head": TEXT, "lines": [TEXT]}
_EXERCISE = {"code": TEXT, "how": TEXT, "poses": [_POSE], "video?": WORDS}
_SHAPE = {"id": TEXT, "title": TEXT, "source": TEXT, "exercises": [_EXERCISE]}
_POINT = re.compile(r"-?\d{1,3},-?\d{1,3}")


@dataclass(frozen=True, slots=True)
class Pose:
    """A stick figure: where the head is, and its strokes as SVG points."""

    x: str
    y: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Exercise:
    """How an exercise is done, in words and two drawings. video: address of a film, "" for none."""

    code: str
    how: str
    poses: Sequence[Pose]
    video: str = ""


@cache
def exercises() -> Mapping[str, Exercise]:
    """By code. Raises Invalid naming what is wrong with the file."""
    return read(yaml.read(settings.DEFINITIONS / "catalogues" / "home-exercises.yaml"))


def read(said: Any) -> Mapping[str, Exercise]:
    """What a file says; points are whole numbers, films are https. Raises Invalid."""
    for place, what in misfits(said, _SHAPE):
        raise Invalid(f"home-exercises.yaml, {place or 'tệp'}: {what}.", field=place)
    return {one["code"]: _exercise(one) for one in said["exercises"]}


def _exercise(one: Mapping[str, Any]) -> Exercise:
    video = one.get("video") or ""
    if video and urlsplit(video).scheme != "https":
        raise Invalid(f"home-exercises.yaml, {one['code']}: video phải là địa chỉ https.", field="video")
    return Exercise(one["code"], one["how"], [_pose(one, pose) for pose in one["poses"]], video)


def _pose(one: Mapping[str, Any], pose: Mapping[str, Any]) -> Pose:
    x, _comma, y = _points(one, pose["head"])[0].partition(",")
    return Pose(x, y, _lines(one, pose))


def _lines(one: Mapping[str, Any], pose: Mapping[str, Any]) -> list[str]:
    return [" ".join(_points(one, line)) for line in pose["lines"]]


def _points(one: Mapping[str, Any], text: str) -> list[str]:
    points = text.split()
    if not points or not all(_POINT.fullmatch(point) for point in points):
        raise Invalid(f"home-exercises.yaml, {one['code']}: điểm phải là «x,y».", field="poses")
    return points
