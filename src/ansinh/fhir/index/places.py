"""Places on earth as points of the unit sphere: being near is then a sum of squares, which any database can add up."""

import math
from typing import Any

BILLIONTHS = 1_000_000_000
_EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""


def point(position: Any) -> tuple[float, float, float] | None:
    """A Location.position on the unit sphere; None where there is none on earth."""
    if not isinstance(position, dict):
        return None
    latitude, longitude = position.get("latitude"), position.get("longitude")
    if latitude is None or longitude is None or not is_on_earth(latitude, longitude):
        return None
    return on_sphere(float(latitude), float(longitude))


def is_on_earth(latitude: float, longitude: float) -> bool:
    """True for degrees that a map has."""
    return abs(latitude) <= 90 and abs(longitude) <= 180


def on_sphere(latitude: float, longitude: float) -> tuple[float, float, float]:
    """(x, y, z) of a place in degrees."""
    up, round_ = math.radians(latitude), math.radians(longitude)
    return math.cos(up) * math.cos(round_), math.cos(up) * math.sin(round_), math.sin(up)


def scaled(coordinate: float) -> int:
    """A coordinate in billionths: 6 mm on the ground."""
    return round(coordinate * BILLIONTHS)


def chord(kilometres: float) -> float:
    """The straight line through the sphere between two points that are so far apart on its surface."""
    return 2 * math.sin(min(kilometres / _EARTH_KM, math.pi) / 2)


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The way over the ground between two places in degrees (haversine)."""
    (up, left), (down, right) = (tuple(math.radians(each) for each in place) for place in (one, other))
    half = math.sin((down - up) / 2) ** 2 + math.cos(up) * math.cos(down) * math.sin((right - left) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(min(half, 1.0)))
