"""Wrong tokens, counted by whom they come from: guessing is slow, and one person's mistakes are his own."""

from collections import deque
from collections.abc import Callable, Sequence
from ipaddress import IPv6Address, ip_address
from time import monotonic

from quart import Request
from structlog import get_logger

from mailroom.ingress.peer import last_of, networks, peer_of

log = get_logger("mailroom.console")

ATTEMPTS_MAX = 10
"""Wrong tokens of one address in `ATTEMPTS_SECONDS`; then none is looked at for the rest of it."""
ATTEMPTS_SECONDS = 60.0
REPEATS_MAX = 30
"""Of one wrong token, sent again and again: a program with an old one guesses nothing, and shares its address
with people.
"""
UNNAMED_PROXY_ATTEMPTS_MAX = 100
"""Of all whom a proxy brings that is not named: what it says of them may be made up, one name a guess."""
PEERS_MAX = 10_000
"""Addresses remembered; past this the one that was wrong longest ago is forgotten."""


class Attempts:
    """Counts failed attempts by peer."""

    def __init__(self, now: Callable[[], float] = monotonic, most: int = ATTEMPTS_MAX) -> None:
        self._now = now
        self._most = most
        self._failed: dict[str, deque[float]] = {}

    def wait_seconds(self, peer: str = "") -> float:
        """How long the peer's next attempt has to wait; 0 where it need not."""
        failed = self._failed.get(peer)
        if failed is None or len(failed) < self._most:
            return 0.0
        return max(0.0, failed[0] + ATTEMPTS_SECONDS - self._now())

    def failed(self, peer: str = "") -> None:
        """Count a failed attempt of a peer."""
        failed = self._failed.pop(peer, None) or deque(maxlen=self._most)
        failed.append(self._now())
        self._failed[peer] = failed  # the last one now
        if len(self._failed) > PEERS_MAX:
            del self._failed[next(iter(self._failed))]


class Guesses:
    """Counts wrong tokens, at whichever door."""

    def __init__(self, trusted_proxies: Sequence[str] = (), now: Callable[[], float] = monotonic) -> None:
        self._trusted = networks(trusted_proxies)
        self._by_person = Attempts(now)
        self._repeats = Attempts(now, REPEATS_MAX)
        self._last: dict[str, int] = {}
        self._by_proxy = Attempts(now, UNNAMED_PROXY_ATTEMPTS_MAX)

    def wait_seconds(self, request: Request) -> float:
        """How long whoever asks has to wait before a token of his is looked at."""
        person, proxy = self._who(request)
        return max(
            self._by_person.wait_seconds(person),
            self._repeats.wait_seconds(person),
            self._by_proxy.wait_seconds(proxy) if proxy else 0.0,
        )

    def failed(self, request: Request, event: str, token: str | None = None) -> None:
        """Count a wrong token, and log it as `event`. Where a program sent `token`, it may be the one it sent
        before.
        """
        person, proxy = self._who(request)
        repeated = token is not None and self._last.get(person) == hash(token)
        (self._repeats if repeated else self._by_person).failed(person)
        if token is not None:
            self._remember(person, token)
        if proxy:
            self._by_proxy.failed(proxy)
        log.warning(event, address=person, limited=self.wait_seconds(request) > 0)

    def _remember(self, person: str, token: str) -> None:
        self._last.pop(person, None)
        self._last[person] = hash(token)  # of this process alone: it tells nobody the token
        if len(self._last) > PEERS_MAX:
            del self._last[next(iter(self._last))]

    def _who(self, request: Request) -> tuple[str, str]:
        """The person's address, and that of the proxy which vouches for it without being named.

        Whoever is connected from inside and brings somebody along is taken for a proxy: else everybody behind
        one would be one person. Strangers come from outside, and what they say of themselves counts nothing.
        """
        direct, forwarded = request.remote_addr or "", request.headers.get("X-Forwarded-For", "")
        if self._trusted:
            return _subnet(peer_of(direct, forwarded, self._trusted)), ""
        brought = last_of(forwarded)
        if brought and not _is_outside(direct):
            return f"{_subnet(brought)} by {direct}", direct
        return _subnet(direct), ""


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
