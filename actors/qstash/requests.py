"""What a request to publish comes to: messages to write, or why it cannot be done. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import unquote_plus

from mailroom.actors.qstash.config import config_of
from mailroom.actors.qstash.destination import is_url, name_of, url_of
from mailroom.actors.qstash.options import PREFIX, Headers, Options, options_of
from mailroom.actors.qstash.refusal import RefusalError
from mailroom.storage.postgres.qstash.publish import Limits, NewMessage

TOKEN = "qstash_token"
"""The query parameter that stands for the header `Authorization`; the endpoint never gets it."""
BODY_BYTES_MAX = 1024 * 1024

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of endpoints: pairs of a name, which may be empty, and an address."""

    name: str
    endpoints: tuple[tuple[str, str], ...]
    headers: Headers = ()
    """What every publish to it says, where the publish does not say it itself."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message as its publisher wants it: to an address, or to all endpoints of a group."""

    destination: str
    options: Options
    body: bytes
    caller: str | None = None

    @property
    def group(self) -> str | None:
        """The group's name, where it goes to one."""
        return None if is_url(self.destination) else self.destination


def wanted(
    destination: str,
    query: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    *,
    queue: str | None = None,
    caller: str | None = None,
) -> Wanted:
    """Read a request: `destination` as it stands in the path, with the `query` after it. Raises
    `RefusalError`.
    """
    if len(body) > BODY_BYTES_MAX:
        raise RefusalError(f"the body of a message has at most {BODY_BYTES_MAX} bytes", 413)
    theirs, ours = split_query(query)
    options = options_of(headers, ours)
    address = f"{destination}?{theirs}" if theirs else destination
    if is_url(destination):
        address = url_of(address)
    elif "/" in address or ":" in address or not address:
        url_of(address)  # says what is wrong
    else:
        name_of("the destination", address)
    if queue is not None:
        queue = name_of("the queue", queue)
    return Wanted(address, _with_queue(options, queue), body, caller)


def split_query(query: str) -> tuple[str, Pairs]:
    """What of a query belongs to the endpoint, as it was written, and what is said to us, decoded."""
    theirs, ours = [], []
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        plain = unquote_plus(name).lower()
        if plain.startswith(PREFIX):
            ours.append((plain, unquote_plus(value)))
        elif plain != TOKEN:
            theirs.append(part)
    return "&".join(theirs), ours


def token_in(query: str) -> str | None:
    """The token in a query."""
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if unquote_plus(name).lower() == TOKEN:
            return unquote_plus(value)
    return None


def messages_of(wish: Wanted, groups: Mapping[str, Group]) -> list[NewMessage]:
    """The messages to write, in the order of the group's endpoints. Raises `RefusalError` for a group that is
    not there.
    """
    if wish.group is None:
        return [_message(wish, wish.destination)]
    group = groups.get(wish.group)
    if group is None or not group.endpoints:
        raise RefusalError(
            f"there is no URL group {wish.group!r}; an address begins with https:// or http://", 404
        )
    return [_message(wish, url, group=group.name, endpoint=name or None) for name, url in group.endpoints]


def _message(wish: Wanted, url: str, *, group: str | None = None, endpoint: str | None = None) -> NewMessage:
    options, flow = wish.options, wish.options.flow
    until = None
    if options.not_before is not None:
        until = datetime.fromtimestamp(options.not_before, UTC)
    return NewMessage(
        url=url,
        method=options.method,
        headers=options.headers,
        body=wish.body,
        config=config_of(options).plain(),
        retries=options.retries,
        timeout_seconds=options.timeout_seconds,
        delay_seconds=0.0 if until is not None else float(options.delay_seconds),
        until=until,
        labels=options.labels,
        queue=options.queue,
        flow=None if flow is None else flow.key,
        limits=None
        if flow is None
        else Limits(parallelism=flow.parallelism, rate=flow.rate, period_seconds=flow.period_seconds),
        url_group=group,
        endpoint=endpoint,
        schedule=options.schedule_id,
        caller=wish.caller,
        dedup_key=_dedup_key(wish, url, group),
    )


def _dedup_key(wish: Wanted, url: str, group: str | None) -> bytes | None:
    """What tells a second publish of the same from one of another: an id of the publisher's, or all that the
    endpoint would get. The endpoints of a group are told apart.
    """
    options = wish.options
    if options.deduplication_id is not None:
        parts = [b"id", options.deduplication_id.encode(), url.encode() if group else b""]
    elif options.deduplicates_content:
        parts = [b"content", url.encode(), wish.body]
        parts += [part.encode() for header in sorted(options.headers) for part in header]
    else:
        return None
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _with_queue(options: Options, queue: str | None) -> Options:
    return options if queue is None else replace(options, queue=queue)
