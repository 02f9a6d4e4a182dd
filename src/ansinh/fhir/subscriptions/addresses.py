"""Where notifications may go: the origins and the private networks that this node's settings name, nothing else."""

from django.conf import settings

from ansinh.kernel.outgoing import PORTS, Address, Forbidden, Permitted, Target, Unresolved, literal_of

__all__ = ["PORTS", "Address", "Forbidden", "Target", "Unresolved", "check", "is_local", "resolve", "target_of"]


def _permitted() -> Permitted:
    return Permitted(
        settings.NOTIFY_TO,
        settings.NOTIFY_NETWORKS,
        place="Địa chỉ nhận tin",
        machine="máy chủ nhận tin",
        named_in="ANSINH_NOTIFY_TO",
        networks_in="ANSINH_NOTIFY_NETWORKS",
    )


def target_of(endpoint: str) -> Target:
    """The endpoint, if the node's settings allow it by what is written in it. Raises Forbidden."""
    return _permitted().target_of(endpoint)


def is_local(target: Target) -> bool:
    """True for a loopback address written as such."""
    literal = literal_of(target.host)
    return literal is not None and literal.is_loopback


def resolve(target: Target) -> str:
    """One address of the host, every one of which may be sent to. Raises Forbidden, Unresolved."""
    return _permitted().resolve(target)


def check(address: Address) -> None:
    """Raises Forbidden for an address that is not public, unless the settings name its network."""
    _permitted().check(address)
