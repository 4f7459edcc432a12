"""Who a request is from, where proxies stand between: the address that the first trusted one has seen."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def networks(written: Sequence[str]) -> list[Network]:
    """Addresses and networks as people write them: `10.0.0.0/8`, `192.0.2.7`. Raises `ValueError`."""
    return [ip_network(one, strict=False) for one in written]


def peer_of(direct: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The address a request came from. `direct` is who is connected to us; `forwarded` is `X-Forwarded-For`,
    to which each proxy appends whom it has seen, and in whose beginning anybody may write anything.

    So it is read from its end, as far as those are trusted who wrote it.
    """
    seen = [one.strip() for one in forwarded.split(",") if one.strip()]
    peer = direct
    while seen and is_trusted(peer, trusted):
        peer = _without_port(seen.pop())
    return peer


def last_of(forwarded: str) -> str:
    """Whom the last proxy has seen; "" where none says."""
    return _without_port(forwarded.rpartition(",")[2].strip())


def is_trusted(peer: str, trusted: Sequence[Network]) -> bool:
    """Whether this is the address of one of our proxies."""
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped  # what a listener for both families sees
    return any(address in network for network in trusted)


def _without_port(written: str) -> str:
    """Some proxies append the port, and write IPv6 in brackets."""
    if written.startswith("["):
        return written[1:].partition("]")[0]
    host, colon, _ = written.rpartition(":")
    return host if colon and ":" not in host else written
