from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, static files and template tags of all pages."""

    name = "ansinh.ui"
    label = "ui"
