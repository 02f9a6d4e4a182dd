"""Django's name for this room."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Plans, goals, tasks."""

    name = "ansinh.programme.plans"
    label = "plans"
