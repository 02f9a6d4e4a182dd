from django.apps import AppConfig


class WebConfig(AppConfig):
    """Home page, help and error pages for staff."""

    name = "ansinh.web"
    label = "web"
