"""Django's handle on this app."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """Signatures; keeps certificates."""

    name = "ansinh.clinical.signing"
    label = "signing"
    verbose_name = "Ký số"

    def ready(self) -> None:
        """What is signed is locked at every door; the node's own keys are one of the providers."""
        from ansinh.clinical.signing import keys, providers, refusals, remote

        providers.register(providers.NODE, keys.NodeProvider)
        providers.register(remote.NAME, remote.from_settings)
        refusals.register_all()
