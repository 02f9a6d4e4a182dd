"""Where an app finds how to ask for leave: `/fhir/.well-known/smart-configuration`, open to everybody."""

import falcon
from django.urls import reverse

from ansinh.access.smart import configuration
from ansinh.api import answers
from ansinh.fhir.model import json

PLACE = "/.well-known/smart-configuration"


class Configuration:
    """SMART App Launch 2, as this node does it."""

    def on_get(self, request: falcon.Request, response: falcon.Response) -> None:
        """Plain JSON, as the specification has it, whatever the Accept header says."""
        response.content_type = "application/json"
        response.data = json.dumps(configuration.told(answers.base_of(request).removesuffix("/fhir")))


def security(base: str) -> dict:
    """What the CapabilityStatement says of it."""
    origin = base.removesuffix("/fhir")
    named = {"authorize": "smart_authorize", "token": "smart_token", "revoke": "smart_revoke"}
    uris = [{"url": name, "valueUri": origin + reverse(view)} for name, view in named.items()]
    coding = {"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR"}
    return {
        "extension": [
            {"url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", "extension": uris}
        ],
        "service": [{"coding": [coding]}],
    }
