"""Where a call goes, taken out of its address."""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


class Endpoint(NamedTuple):
    """One place to connect to, and what is asked for there."""

    secure: bool
    host: str
    port: int
    authority: str
    """What `Host` says: the name that was called."""
    target: str


@lru_cache(maxsize=10_000)
def endpoint_of(url: str, sent_to: str | None = None) -> Endpoint:
    """Take an address apart that `destination.url_of` has let through. `sent_to`: another base address, such
    as `http://127.0.0.1:9000`, that stands in for its host.
    """
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    place = urlsplit(sent_to) if sent_to else parts
    return Endpoint(
        secure=place.scheme == "https",
        host=place.hostname or "",
        port=place.port or _PORTS[place.scheme],
        authority=parts.netloc,
        target=target,
    )
