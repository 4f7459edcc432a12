"""Which addresses an address that somebody typed may lead to: those of the public internet, and no others.

Neither `is_private` nor `is_global` says it: the first takes 100.64.0.0/10 for public, and both take a good
many ways to write an inner IPv4 address as IPv6.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

PUBLIC_V6 = ip_network("2000::/3")
"""All that is given out of IPv6. What lies outside is local, multicast, or IPv4 in another form."""
NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocols' own; a cloud keeps its metadata at .192
            "192.88.99.0/24",  # the way into 6to4
            "168.63.129.16/32",  # a cloud's agent on each of its machines, at an address that looks public
            "2001::/23",  # protocols' own, and Teredo: IPv4 inside
            "2002::/16",  # 6to4: IPv4 inside
            "3fff::/20",  # documentation
        ),
    )
)
"""What Python takes, or once took, for public all the same."""


class Reach:
    """Where calls may go: to everything public, and to what is `allowed`, as addresses and networks."""

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = tuple(ip_network(one, strict=False) for one in allowed)

    def covers(self, written: str) -> bool:
        """Whether a call may go to this address, `written` as the resolver gives it."""
        address = plain(written)
        return is_public(address) or any(address in network for network in self._allowed)

    def covers_literal(self, host: str) -> bool:
        """The same of what stands in a URL, where that is an address in any form (`127.1`, `2130706433`)
        and not a name; of a name nothing can be said before it is looked up.
        """
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            return True
        return all(self.covers(str(place[0])) for *_, place in found)


def plain(written: str) -> Address:
    """The address without its zone; an IPv4 one that is mapped into IPv6 is the IPv4 one."""
    address = ip_address(written.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def is_public(address: Address) -> bool:
    """Whether it belongs to somebody in the internet."""
    if isinstance(address, IPv6Address) and address not in PUBLIC_V6:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in NOT_PUBLIC)
    )
