"""Django's name for this room."""

from django.apps import AppConfig


class CapabilityConfig(AppConfig):
    """Catalogues and declared items."""

    name = "ansinh.network.capability"
    label = "capability"

    def ready(self) -> None:
        """Show the facility's capability on its page."""
        from ansinh.network.capability.handing import keeper
        from ansinh.network.capability.views import panel
        from ansinh.network.facilities import handover, panels

        panels.register("capability", panel)
        handover.register("capability", keeper())
