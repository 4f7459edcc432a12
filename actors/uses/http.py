"""Calls to addresses that somebody typed: an owner's supplier, a browser's push service.

Whoever can have us call an address can have us call our own network, and read in our errors what is there.
So a name is looked up and looked at (`looking_up.py`) where connections are made: it holds for literals, for
redirects, and for whatever a URL may be written like.
What the server proves by its certificate is still the name.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore
import httpx

from mailroom.actors.uses.addresses import Reach
from mailroom.actors.uses.looking_up import NotFoundError, PrivateAddressError, looked_up

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
"""For calls that do not say it themselves."""
CONNECTIONS = httpx.Limits(max_connections=100, max_keepalive_connections=20)


class ForbiddenAddressError(httpx.ConnectError):
    """The address leads into a private network. Trying again is of no use: somebody has to name another
    address, or allow that network (`private_networks`).
    """


class Http(httpx.AsyncClient):
    """A client that goes to public addresses, and into those networks that are allowed; nowhere else.

    It follows no redirects unless told to, and uses no proxy: a proxy would look names up itself.
    """

    def __init__(
        self, allowed: Sequence[str] = (), *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._reach = Reach(allowed)
        super().__init__(
            transport=transport or _Transport(self._reach),
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
        )

    def why_not(self, url: str) -> str:
        """What is wrong with a URL, as far as can be said without asking anybody; empty if nothing is."""
        try:
            parts = httpx.URL(url)
        except httpx.InvalidURL as error:
            return str(error)
        if parts.scheme not in ("http", "https") or not parts.host:
            return "it must begin with https:// or http:// and name a host"
        if not self._reach.covers_literal(parts.host):
            return f"{parts.host} is in a private network"
        return ""


class _Transport(httpx.AsyncHTTPTransport):
    """httpx's own, over connections that are made here."""

    def __init__(self, reach: Reach) -> None:
        super().__init__()
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=CONNECTIONS.max_connections,
            max_keepalive_connections=CONNECTIONS.max_keepalive_connections,
            keepalive_expiry=CONNECTIONS.keepalive_expiry,
            network_backend=_Connector(reach),
        )


class _Connector(httpcore.AsyncNetworkBackend):
    """Makes connections to addresses that were looked at, and none to a socket of this machine."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._beneath = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """To the first of the name's addresses that answers. Raises `ForbiddenAddressError` if any of them
        is one that may not be called: a name with such an address is not to be trusted with the others.
        """
        try:
            async with asyncio.timeout(timeout):
                found = await looked_up(host, port, self._reach)
                return await self._first(host, found, port, local_address, socket_options)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"{host} takes no connection within {timeout:g} s") from None
        except PrivateAddressError as error:
            raise ForbiddenAddressError(str(error)) from None
        except NotFoundError as error:
            raise httpcore.ConnectError(str(error)) from error

    async def _first(
        self,
        host: str,
        found: Sequence[str],
        port: int,
        local_address: str | None,
        socket_options: Iterable[Any] | None,
    ) -> httpcore.AsyncNetworkStream:
        failed: Exception | None = None
        for address in found:
            try:
                return await self._beneath.connect_tcp(
                    address, port, local_address=local_address, socket_options=socket_options
                )
            except httpcore.ConnectError as error:
                failed = error
        raise failed or httpcore.ConnectError(f"{host} has no address")
