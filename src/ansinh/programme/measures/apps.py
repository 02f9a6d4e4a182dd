from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Indicators; no tables of its own."""

    name = "ansinh.programme.measures"
    label = "measures"
