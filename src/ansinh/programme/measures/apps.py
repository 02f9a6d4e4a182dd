from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Indicators; one table of its own, of tallies that may be counted anew."""

    name = "ansinh.programme.measures"
    label = "measures"
