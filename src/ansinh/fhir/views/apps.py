"""The Django app of live views."""

from django.apps import AppConfig


class ViewsConfig(AppConfig):
    """Owns the registry of live views; their tables are made by `live.sync`."""

    name = "ansinh.fhir.views"
    label = "views"
    verbose_name = "Bảng sống"

    def ready(self) -> None:
        """From the first write on, live views are kept."""
        from ansinh.fhir.views import live

        live.register()
