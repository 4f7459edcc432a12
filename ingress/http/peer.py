"""Who a request is from, where proxies stand between: the address that the first trusted one has seen."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from werkzeug.datastructures import Headers

Network = IPv4Network | IPv6Network


def networks(written: Sequence[str]) -> list[Network]:
    """Addresses and networks as people write them: `10.0.0.0/8`, `192.0.2.7`. Raises `ValueError`."""
    return [ip_network(one, strict=False) for one in written]


def forwarded_of(headers: Headers) -> str:
    """What proxies say of who asked: of several lines, which some write, all that they say, as one list (RFC
    9110 5.3). Read alone, the first is what whoever asked has written.
    """
    return ",".join(headers.getlist("X-Forwarded-For"))


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


def asker_of(direct: str, forwarded: str, trusted: Sequence[Network]) -> tuple[str, str]:
    """Whom to count as one person, and the proxy which vouches for them without being named.

    Whoever is connected from inside and brings somebody along is taken for a proxy: else everybody behind
    one would be one person. Strangers come from outside, and what they say of themselves counts nothing.
    """
    if trusted:
        return _subnet(peer_of(direct, forwarded, trusted)), ""
    brought = last_of(forwarded)
    if brought and not _is_outside(direct):
        return f"{_subnet(brought)} by {direct}", direct
    return _subnet(direct), ""


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


def _subnet(written: str) -> str:
    """An IPv6 address is one of 2^64 that its holder may use."""
    try:
        address = ip_address(written)
    except ValueError:
        return written[:64]
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)


def _is_outside(written: str) -> bool:
    try:
        return ip_address(written).is_global
    except ValueError:
        return False  # a Unix socket has no address
