"""`.well-known/smart-configuration`: where an app finds what, and what this node can do of SMART App Launch 2."""

from typing import Any

from django.urls import reverse

CAPABILITIES = (
    "launch-ehr", "launch-standalone", "client-public", "client-confidential-symmetric",
    "client-confidential-asymmetric", "context-ehr-patient", "context-standalone-patient", "permission-offline",
    "permission-online", "permission-patient", "permission-user", "permission-v1", "permission-v2",
)  # fmt: skip


def told(origin: str) -> dict[str, Any]:
    """The document; origin: `https://node.example.vn`."""
    return {
        "issuer": origin,
        "authorization_endpoint": origin + reverse("smart_authorize"),
        "token_endpoint": origin + reverse("smart_token"),
        "revocation_endpoint": origin + reverse("smart_revoke"),
        "introspection_endpoint": origin + reverse("smart_introspect"),
        "registration_endpoint": origin + reverse("smart_register"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["launch", "launch/patient", "offline_access", "online_access", "patient/*.cruds",
                             "user/*.cruds", "system/*.cruds"],
        "capabilities": list(CAPABILITIES),
    }  # fmt: skip
