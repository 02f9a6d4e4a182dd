from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """The yearly report; no tables of its own."""

    name = "ansinh.programme.reports"
    label = "reports"
