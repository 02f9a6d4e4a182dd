"""What the toolkit asks of this node: which scopes there are, how an app proves itself, what a token is bound to."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from oauth2_provider.oauth2_validators import OAuth2Validator

from ansinh.access.smart import assertions, scopes
from ansinh.access.smart.models import SmartApp
from ansinh.kernel.errors import UserError


def smart_app(client: Any) -> SmartApp | None:
    """What the node knows of an app; None for one that was closed."""
    return SmartApp.objects.filter(pk=client.pk, closed__isnull=True).first() if client is not None else None


def _addresses(request: Any) -> set[str]:
    """The address that the request came to: as the server sees it, and as the node is known behind a proxy."""
    path, headers = urlsplit(request.uri).path, request.headers
    host = headers.get("HTTP_HOST") or headers.get("SERVER_NAME", "")  # found allowed by Django before this
    here = f"{headers.get('wsgi.url_scheme', 'http')}://{host}{path}"
    return {here, settings.FHIR_BASE.rstrip("/").removesuffix("/fhir") + path}


class Validator(OAuth2Validator):
    """The toolkit's rules, and those of SMART."""

    def validate_scopes(self, client_id: str, wanted: list[str], client: Any, request: Any, *_: Any, **__: Any) -> bool:
        """Each scope exists and is among those that the app was registered with. The words that bind a grant are the
        node's own: they count only where the person has just said yes (`approved`), or come from what was kept."""
        app = smart_app(client)
        if app is None or not wanted:
            return False
        own = getattr(request, "approved", False) is True
        most = app.scopes.split()
        return all(
            (own and scopes.is_binding(one)) or (scopes.known(one) and scopes.covered(one, most)) for one in wanted
        )

    def get_default_scopes(self, client_id: str, request: Any, *_: Any, **__: Any) -> list[str]:
        """None: an app says what it wants."""
        return []

    def client_authentication_required(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Who sends a signed proof is asked to prove."""
        if getattr(request, "client_assertion", None):
            return True
        return bool(super().client_authentication_required(request, *args, **kwargs))

    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """By signed proof (`private_key_jwt`), else by secret as the toolkit does. With keys there is no other way."""
        if getattr(request, "client_assertion", None):
            try:
                proved = assertions.prove(request.client_assertion_type, request.client_assertion, _addresses(request))
            except UserError:
                return False
            request.client = proved.application
            return True
        if not super().authenticate_client(request, *args, **kwargs):
            return False
        app = smart_app(request.client)
        return app is not None and not app.keys

    def authenticate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        """A public app says who it is; its code is bound to it by PKCE."""
        found = super().authenticate_client_id(client_id, request, *args, **kwargs)
        return bool(found) and smart_app(request.client) is not None

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *_: Any, **__: Any
    ) -> bool:
        """Codes, refreshing and servers; no passwords, no devices."""
        if grant_type not in ("authorization_code", "refresh_token", "client_credentials"):
            return False
        return bool(super().validate_grant_type(client_id, grant_type, client, request))

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """A refresh token only for who was granted to stay."""
        if not {"offline_access", "online_access"} & set(request.scopes or ()):
            token.pop("refresh_token", None)
        super().save_bearer_token(token, request, *args, **kwargs)
