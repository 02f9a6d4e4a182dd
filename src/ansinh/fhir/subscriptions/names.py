"""Canonical names of the backport guide (http://hl7.org/fhir/uv/subscriptions-backport, version 1.1.0)."""

_GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport"


def _structure(name: str) -> str:
    return f"{_GUIDE}/StructureDefinition/{name}"


PROFILE = _structure("backport-subscription")
NOTIFICATION = _structure("backport-subscription-notification-r4")
STATUS = _structure("backport-subscription-status-r4")

FILTER = _structure("backport-filter-criteria")
CONTENT = _structure("backport-payload-content")
HEARTBEAT = _structure("backport-heartbeat-period")
TIMEOUT = _structure("backport-timeout")
MAX_COUNT = _structure("backport-max-count")
CHANNEL_TYPE = _structure("backport-channel-type")
TOPIC_OF_SERVER = _structure("capabilitystatement-subscriptiontopic-canonical")

SERVER = f"{_GUIDE}/CapabilityStatement/backport-subscription-server-r4"
STATUS_OPERATION = f"{_GUIDE}/OperationDefinition/backport-subscription-status"
EVENTS_OPERATION = f"{_GUIDE}/OperationDefinition/backport-subscription-events"
