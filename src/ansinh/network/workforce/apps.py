"""Django's name for this room."""

from django.apps import AppConfig


class WorkforceConfig(AppConfig):
    """Staff, posts and staff figures."""

    name = "ansinh.network.workforce"
    label = "workforce"

    def ready(self) -> None:
        """Show the facility's staff figures on its page."""
        from ansinh.network.facilities import handover, panels
        from ansinh.network.workforce.handing import keeper
        from ansinh.network.workforce.views import panel

        panels.register("workforce", panel)
        handover.register("workforce", keeper())
