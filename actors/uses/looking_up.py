"""What a name stands for at this moment, and whether it may be called: asked where a connection is made, and
the connection is made to these very addresses, so a name that means something else a moment later leads
nowhere else.
"""

import asyncio
import socket

from mailroom.actors.uses.addresses import Reach


class NotFoundError(OSError):
    """Nobody knows an address of this name."""


class PrivateAddressError(OSError):
    """The address leads into a private network."""


async def looked_up(host: str, port: int, reach: Reach) -> list[str]:
    """The addresses of a name, or of an address in whatever form, that may be called. Raises
    `PrivateAddressError` if any of them may not: a name with such an address is not to be trusted with the
    others. Raises `NotFoundError`.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFoundError(f"{host} is not found: {error}") from error
    addresses = list(dict.fromkeys(str(place[0]) for *_, place in found))
    for address in addresses:
        if not reach.covers(address):
            where = host if host == address else f"{host} ({address})"
            raise PrivateAddressError(f"{where} is in a private network")
    return addresses
