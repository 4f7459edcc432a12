"""What a publisher asks for: read from headers, or from query parameters of the same names in lower case."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mailroom.actors.qstash.destination import name_of, url_of
from mailroom.actors.qstash.durations import seconds_of
from mailroom.actors.qstash.expression import retry_delay
from mailroom.actors.qstash.flow import FlowControl, flow_control
from mailroom.actors.qstash.redaction import Redaction, redaction
from mailroom.actors.qstash.refusal import RefusalError

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
RETRIES_DEFAULT = 3
RETRIES_MAX = 1_000
DELAY_SECONDS_MAX = 366 * 86_400
MOMENT_MAX = 32_503_680_000
"""The year 3000."""
TIMEOUT_SECONDS_DEFAULT = 30
TIMEOUT_SECONDS_MAX = 900
KEY_CHARS_MAX = 500
"""Of a deduplication id: it lives in an index."""
LABELS_MAX = 10
LABEL_CHARS_MAX = 200
HEADERS_MAX = 100
HEADER_BYTES_MAX = 32 * 1024
"""All that is forwarded together."""

PREFIX = "upstash-"
CALLBACK = "upstash-callback"
FAILURE_CALLBACK = "upstash-failure-callback"
_FORWARD = "upstash-forward-"
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
NEVER_FORWARDED = frozenset(
    (
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
"""What belongs to one connection (RFC 9110, 7.6.1), or is said by whoever makes the request."""
NOT_FORWARDED_BY_THEMSELVES = NEVER_FORWARDED | {"authorization", "cookie"}
"""Where everything is forwarded, these are not: they are meant for us."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Callback:
    """Where the outcome of an attempt goes, and how. None: as the message itself."""

    url: str
    method: str = "POST"
    headers: Headers = ()
    retries: int | None = None
    retry_delay: str | None = None
    timeout_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How one message is to be delivered."""

    method: str = "POST"
    headers: Headers = ()
    """What the endpoint gets, by canonical names."""
    retries: int = RETRIES_DEFAULT
    retry_delay: str | None = None
    delay_seconds: int = 0
    not_before: int | None = None
    """Seconds since 1970; it wins over the delay."""
    timeout_seconds: int = TIMEOUT_SECONDS_DEFAULT
    deduplication_id: str | None = None
    deduplicates_content: bool = False
    callback: Callback | None = None
    failure_callback: Callback | None = None
    flow: FlowControl | None = None
    labels: tuple[str, ...] = ()
    redaction: Redaction = field(default=Redaction())
    queue: str | None = None
    schedule_id: str | None = None
    cron: str | None = None


def options_of(headers: Iterable[tuple[str, str]], query: Iterable[tuple[str, str]] = ()) -> Options:
    """Read the options of a request. Query parameters without our prefix are the endpoint's, and are passed
    over here. Raises `RefusalError`.
    """
    plain = [(name.lower(), value.strip()) for name, value in headers]
    asked = [(name.lower(), value.strip()) for name, value in query if name.lower().startswith(PREFIX)]
    for name, value in [*plain, *asked]:
        if not _can_be_said(value):
            raise RefusalError(f"the value of {canonical(name)[:80]} has a control character, or half of one")
    # The last that says something counts: whoever adds a parameter to an address means it.
    said = {name: value for name, value in [*plain, *asked] if name.startswith(PREFIX) and value}
    return Options(
        method=_method("Upstash-Method", said.get("upstash-method")),
        headers=_forwarded(plain, [*plain, *asked], everything=_flag(said.get("upstash-header-forward"))),
        retries=_number("Upstash-Retries", said.get("upstash-retries"), RETRIES_MAX, RETRIES_DEFAULT),
        retry_delay=_delay_expression(said.get("upstash-retry-delay")),
        delay_seconds=_seconds("Upstash-Delay", said.get("upstash-delay"), DELAY_SECONDS_MAX) or 0,
        not_before=_moment(said.get("upstash-not-before")),
        timeout_seconds=_timeout("Upstash-Timeout", said.get("upstash-timeout")) or TIMEOUT_SECONDS_DEFAULT,
        deduplication_id=_key("Upstash-Deduplication-Id", said.get("upstash-deduplication-id")),
        deduplicates_content=_flag(said.get("upstash-content-based-deduplication")),
        callback=_callback(CALLBACK, said),
        failure_callback=_callback(FAILURE_CALLBACK, said),
        flow=flow_control(said.get("upstash-flow-control-key"), said.get("upstash-flow-control-value")),
        labels=_labels(said.get("upstash-label")),
        redaction=redaction(said.get("upstash-redact-fields", "")),
        queue=_name("Upstash-Queue-Name", said.get("upstash-queue-name")),
        schedule_id=_name("Upstash-Schedule-Id", said.get("upstash-schedule-id")),
        cron=said.get("upstash-cron"),
    )


def _can_be_said(value: str) -> bool:
    """JSON input (a batch, a group's defaults) has met no HTTP parser."""
    if value.isascii() and value.isprintable():
        return True
    return not any(
        (ord(one) < 32 and one != "\t") or ord(one) == 127 or 0xD800 <= ord(one) < 0xE000 for one in value
    )


def canonical(name: str) -> str:
    """`test-header` as `Test-Header`, the way forwarded names come back."""
    return "-".join(part.capitalize() for part in name.split("-"))


def several(headers: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Headers as JSON shows them: the values of each by its canonical name."""
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(canonical(name), []).append(value)
    return found


def _forwarded(plain: list[tuple[str, str]], said: list[tuple[str, str]], *, everything: bool) -> Headers:
    found: dict[str, str] = {}
    for name, value in plain:
        by_itself = name == "content-type" or (everything and not name.startswith(PREFIX))
        if by_itself and name not in NOT_FORWARDED_BY_THEMSELVES:
            found[canonical(name)] = value
    for name, value in said:
        if name.startswith(_FORWARD):
            found[_header_name(name, name.removeprefix(_FORWARD))] = value
    return _checked(found)


def _checked(said: Mapping[str, str]) -> Headers:
    headers = {name: value for name, value in said.items() if name.lower() not in NEVER_FORWARDED}
    if len(headers) > HEADERS_MAX:
        raise RefusalError(f"at most {HEADERS_MAX} headers are forwarded, not {len(headers)}")
    if sum(len(name) + len(value) for name, value in headers.items()) > HEADER_BYTES_MAX:
        raise RefusalError(f"forwarded headers have at most {HEADER_BYTES_MAX} bytes together")
    return tuple(headers.items())


def _header_name(whole: str, name: str) -> str:
    if _TOKEN.fullmatch(name) is None:
        raise RefusalError(f"{canonical(whole)[:80]!r} names no header")
    return canonical(name)


def _callback(prefix: str, said: Mapping[str, str]) -> Callback | None:
    url = said.get(prefix)
    own, called = f"{prefix}-", canonical(prefix)
    forward = f"{own}forward-"
    if url is None:
        return None
    if f"{own}delay" in said:
        raise RefusalError(f"{called}-Delay: a callback cannot be delayed; leave it out")
    headers = {
        _header_name(name, name.removeprefix(forward)): value
        for name, value in said.items()
        if name.startswith(forward)
    }
    retries = said.get(f"{own}retries")
    return Callback(
        url=url_of(url, called),
        method=_method(f"{called}-Method", said.get(f"{own}method")),
        headers=_checked(headers),
        retries=None if retries is None else _number(f"{called}-Retries", retries, RETRIES_MAX, 0),
        retry_delay=_delay_expression(said.get(f"{own}retry-delay")),
        timeout_seconds=_timeout(f"{called}-Timeout", said.get(f"{own}timeout")),
    )


def _method(what: str, text: str | None) -> str:
    method = (text or "POST").upper()
    if method not in METHODS:
        raise RefusalError(f"{what} must be one of {', '.join(METHODS)}, not {method[:40]!r}")
    return method


def _number(what: str, text: str | None, most: int, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)) or int(text) > most:
        raise RefusalError(f"{what} must be a number from 0 to {most}, not {text[:40]!r}")
    return int(text)


def _seconds(what: str, text: str | None, most: int) -> int | None:
    return None if text is None else seconds_of(what, text, most=most)


def _timeout(what: str, text: str | None) -> int | None:
    seconds = _seconds(what, text, TIMEOUT_SECONDS_MAX)
    if seconds == 0:
        raise RefusalError(f"{what} must be longer than 0s")
    return seconds


def _moment(text: str | None) -> int | None:
    return None if text is None else _number("Upstash-Not-Before", text, MOMENT_MAX, 0)


def _delay_expression(text: str | None) -> str | None:
    return None if text is None else retry_delay(text).text


def _flag(text: str | None) -> bool:
    return (text or "").lower() in ("true", "1")


def _key(what: str, text: str | None) -> str | None:
    if text is not None and len(text) > KEY_CHARS_MAX:
        raise RefusalError(f"{what} has at most {KEY_CHARS_MAX} characters")
    return text


def _name(what: str, text: str | None) -> str | None:
    return None if text is None else name_of(what, text)


def _labels(text: str | None) -> tuple[str, ...]:
    labels = tuple(dict.fromkeys(one.strip() for one in (text or "").split(",") if one.strip()))
    if len(labels) > LABELS_MAX or any(len(one) > LABEL_CHARS_MAX for one in labels):
        raise RefusalError(f"Upstash-Label holds at most {LABELS_MAX} labels of {LABEL_CHARS_MAX} characters")
    return labels
