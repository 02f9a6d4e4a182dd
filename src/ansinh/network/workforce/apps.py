"""Django's name for this room."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    """Staff, posts and staff figures."""

    name = "ansinh.network.workforce"
    label = "workforce"
