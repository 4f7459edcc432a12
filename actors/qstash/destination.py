"""Where a message goes: an address, or the name of a group of addresses."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from mailroom.actors.qstash.refusal import RefusalError

URL_CHARS_MAX = 4_000
NAME_CHARS_MAX = 256
NAME = re.compile(r"[A-Za-z0-9_.-]+")
"""What queues, schedules and groups may be called (changelog of November 2024)."""
NO_SCHEME = "invalid destination url: endpoint has invalid scheme, add http:// or https://"
_SCHEME = re.compile(r"https?:/{1,2}(?=[^/])", re.IGNORECASE)
_ENCODED_SCHEME = re.compile(r"https?%3a", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?|[0-9a-fA-F]*:[0-9a-fA-F:.]*")
"""A name, or an address; what it means is seen when it is looked up."""
_PORT_MAX = 65_535


def name_of(what: str, text: str) -> str:
    """A name as it was given. Raises `RefusalError`, which calls the thing `what`."""
    if NAME.fullmatch(text) is None or len(text) > NAME_CHARS_MAX:
        raise RefusalError(
            f"{what} must be 1 to {NAME_CHARS_MAX} of the characters A-Z a-z 0-9 _ . -, not {text[:40]!r}"
        )
    return text


def is_url(destination: str) -> bool:
    """Whether it is meant as an address rather than as the name of a group."""
    return _SCHEME.match(destination) is not None or _ENCODED_SCHEME.match(destination) is not None


@lru_cache(maxsize=10_000)
def url_of(text: str, what: str = "destination url") -> str:
    """The address to call: as it was given, but for what cannot stand in a request. Raises `RefusalError`."""
    if _ENCODED_SCHEME.match(text):
        text = unquote(text)
    scheme = _SCHEME.match(text)
    if scheme is None:
        raise RefusalError(NO_SCHEME.replace("destination url", what))
    # A proxy on the way may have made one slash of two.
    text = scheme[0].partition(":")[0].lower() + "://" + text[scheme.end() :]
    if len(text) > URL_CHARS_MAX:
        raise RefusalError(f"invalid {what}: it has more than {URL_CHARS_MAX} characters")
    if _FORBIDDEN.search(text):
        raise RefusalError(f"invalid {what}: it has a blank, a backslash or a control character; encode it")
    try:
        text.encode()  # no half a character
        parts = urlsplit(text)
        port, name = parts.port, parts.hostname or ""
        host = name if name.isascii() else name.encode("idna").decode()
    except ValueError:
        raise RefusalError(f"invalid {what}: its host or port cannot be read") from None
    if _HOST.fullmatch(host) is None or (port is not None and not 0 < port <= _PORT_MAX):
        raise RefusalError(f"invalid {what}: it names no host that can be called")
    if parts.username is not None or parts.password is not None:
        raise RefusalError(f"invalid {what}: it must not hold a user or a password; send them in a header")
    if text.isascii():
        return text.partition("#")[0]
    place = f"[{host}]" if ":" in host else host
    place = place if port is None else f"{place}:{port}"
    query = f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    return f"{parts.scheme}://{place}{quote(parts.path, safe=_KEPT)}{query}"


_KEPT = "%/:?#[]@!$&'()*+,;=-._~"
"""What stays as it is where a path or query is written in ASCII."""
