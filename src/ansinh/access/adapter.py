"""What django-allauth asks of the node about second factors: how secrets are kept, what the node is called."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter

from ansinh.access import vault

NAME = "An Sinh"


class Adapter(DefaultMFAAdapter):
    """Secrets are sealed; a key is bound to the name the node is opened by."""

    def encrypt(self, text: str) -> str:
        return vault.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        return NAME

    def get_totp_label(self, user: Any) -> str:
        return user.username

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": context.request.get_host().partition(":")[0], "name": NAME}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        known = super().get_public_key_credential_user_entity(user)
        return {"id": known["id"], "display_name": user.username, "name": user.username}
