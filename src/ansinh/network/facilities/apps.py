"""Django's name for this room."""

from django.apps import AppConfig


class FacilitiesConfig(AppConfig):
    """Units and the dated tree."""

    name = "ansinh.network.facilities"
    label = "facilities"
