"""Django's name for this room."""

from django.apps import AppConfig


class CapabilityConfig(AppConfig):
    """Catalogues and declared items."""

    name = "ansinh.network.capability"
    label = "capability"
