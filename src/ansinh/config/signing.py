"""Settings of a provider outside that signs."""

from collections.abc import Mapping
from typing import Any


def remote_signing(environ: Mapping[str, str]) -> dict[str, Any]:
    """url, token, credentials (our reference of a person → their credential there) and private networks, from
    ANSINH_SIGNING_…; {} when no address is given."""
    url = environ.get("ANSINH_SIGNING_URL", "").strip()
    pairs = (text.partition("=") for text in environ.get("ANSINH_SIGNING_CREDENTIALS", "").split(","))
    networks = environ.get("ANSINH_SIGNING_NETWORKS", "").split(",")
    return (
        {
            "url": url,
            "token": environ.get("ANSINH_SIGNING_TOKEN", ""),
            "credentials": {
                who.strip(): credential.strip() for who, _equals, credential in pairs if credential.strip()
            },
            "networks": [one.strip() for one in networks if one.strip()],
        }
        if url
        else {}
    )
