"""The client: finds a connection to where a call goes, or makes one to an address that was looked at."""

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from mailroom.actors.qstash.client.answer import Answer, CallError
from mailroom.actors.qstash.client.connection import Connection
from mailroom.actors.qstash.client.endpoint import Endpoint, endpoint_of
from mailroom.actors.uses.addresses import Reach
from mailroom.actors.uses.looking_up import NotFoundError, PrivateAddressError, looked_up

IDLE_SECONDS = 20.0
"""Shorter than servers keep an idle connection, so that it is seldom they who close under our hands."""
IDLE_MAX = 500
"""Connections kept for later, over all endpoints; the one idle for longest goes first."""
KNOWN_SECONDS = 5.0
"""For so long a name is not looked up again. The addresses of a connection were looked at, however old."""
KNOWN_MAX = 10_000

Place = tuple[bool, str, int]
Headers = Iterable[tuple[str, str]]


class Client:
    """Calls to addresses that publishers gave. `sent_to` has, by host, base addresses that stand in for it:
    these are the operator's, and may be anywhere. `reach` says where all others may lead.
    """

    def __init__(
        self, reach: Reach, sent_to: Mapping[str, str] | None = None, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._reach = reach
        self._sent_to = dict(sent_to or {})
        self._tls = tls or ssl.create_default_context()
        self._idle: OrderedDict[Connection, Place] = OrderedDict()
        self._by_place: dict[Place, list[Connection]] = {}
        self._known: OrderedDict[tuple[str, int], tuple[float, list[str]]] = OrderedDict()

    async def call(
        self, method: str, url: str, headers: Headers, body: bytes, timeout_seconds: float
    ) -> Answer:
        """One call, answered in time. Redirects are answers like others. Raises `CallError`."""
        endpoint, trusted = self._endpoint(url)
        request = _request(method, endpoint, headers, body)
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._ask(endpoint, request, trusted=trusted)
        except TimeoutError:
            raise CallError("timeout", f"no answer within {timeout_seconds:g} s") from None

    async def close(self) -> None:
        """Close what is idle."""
        for connection in list(self._idle):
            connection.close()
        self._idle.clear()
        self._by_place.clear()

    def _endpoint(self, url: str) -> tuple[Endpoint, bool]:
        plain = endpoint_of(url)
        base = self._sent_to.get(plain.host) or self._sent_to.get(plain.authority)
        return (endpoint_of(url, base), True) if base else (plain, False)

    async def _ask(self, endpoint: Endpoint, request: bytes, *, trusted: bool) -> Answer:
        place = endpoint[:3]
        connection = self._take(place)
        if connection is not None:
            try:
                return await self._over(connection, place, request)
            except CallError:
                # Closed while nobody used it: nothing of an answer has come, and it is asked again as if it
                # had not been. What an endpoint may see twice bears the same id both times.
                if connection.heard:
                    raise
        return await self._over(await self._connect(endpoint, trusted=trusted), place, request)

    async def _over(self, connection: Connection, place: Place, request: bytes) -> Answer:
        answer = await connection.ask(request)
        if connection.usable:
            self._give_back(connection, place)
        else:
            connection.close()
        return answer

    async def _connect(self, endpoint: Endpoint, *, trusted: bool) -> Connection:
        loop, failed = asyncio.get_running_loop(), "it has no address"
        for address in await self._addresses(endpoint, trusted=trusted):
            try:
                _, connection = await loop.create_connection(
                    Connection,
                    address,
                    endpoint.port,
                    ssl=self._tls if endpoint.secure else None,
                    server_hostname=endpoint.host if endpoint.secure else None,
                )
            except ssl.SSLError as error:
                raise CallError("insecure", f"TLS failed: {error.reason or error}") from None
            except OSError as error:
                failed = f"it takes no connection: {error.strerror or error}"
                continue
            return connection
        raise CallError("unreachable", failed)

    async def _addresses(self, endpoint: Endpoint, *, trusted: bool) -> list[str]:
        if trusted:
            return [endpoint.host]
        key, now = (endpoint.host, endpoint.port), asyncio.get_running_loop().time()
        until, found = self._known.get(key, (0.0, []))
        if until > now:
            return found
        try:
            found = await looked_up(endpoint.host, endpoint.port, self._reach)
        except PrivateAddressError as error:
            raise CallError("private", str(error)) from None
        except NotFoundError as error:
            raise CallError("unreachable", str(error)) from None
        self._known[key] = (now + KNOWN_SECONDS, found)
        self._known.move_to_end(key)
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)
        return found

    def _take(self, place: Place) -> Connection | None:
        now, free = asyncio.get_running_loop().time(), self._by_place.get(place, [])
        while free:
            connection = free.pop()
            self._idle.pop(connection, None)
            if connection.usable and now - connection.idle_since < IDLE_SECONDS:
                return connection
            connection.close()
        self._by_place.pop(place, None)
        return None

    def _give_back(self, connection: Connection, place: Place) -> None:
        now = connection.idle_since = asyncio.get_running_loop().time()
        self._idle[connection] = place
        self._by_place.setdefault(place, []).append(connection)
        oldest = next(iter(self._idle))
        if len(self._idle) > IDLE_MAX or now - oldest.idle_since > IDLE_SECONDS:
            self._drop(oldest)

    def _drop(self, connection: Connection) -> None:
        place = self._idle.pop(connection)
        others = self._by_place[place]
        others.remove(connection)
        if not others:
            del self._by_place[place]
        connection.close()


def _request(method: str, endpoint: Endpoint, headers: Headers, body: bytes) -> bytes:
    lines = [f"{method} {endpoint.target} HTTP/1.1", f"Host: {endpoint.authority}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join((*lines, "Accept-Encoding: identity", "", ""))
    return head.encode("utf-8") + body
