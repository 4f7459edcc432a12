"""One dead letter: its shape in the store, and whether it is one that is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json

from mailroom.storage.redis.entry import Chat


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that is not tried any more. `skipped_by` is who took it out of its line, where it did not die
    by itself; `attempts` were begun until then.
    """

    id: str
    chat: Chat
    seq: int
    order: int | None
    kind: str
    queue: str
    trace: str
    accepted_ms: int
    died_ms: int
    attempts: int
    epoch: int
    error: str
    traceback: str
    payload: str
    expedited: bool
    skipped_by: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which dead letters: those that fit everything that is given. `error` is a part of the error, in
    capitals or not; `since_ms` is the first moment of death that fits, `until_ms` the first that does not.
    """

    bot: str | None = None
    chat: Chat | None = None
    error: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None


def fits(letter: Mapping[str, Any], wanted: Wanted) -> bool:
    """Whether a letter is wanted. Its bot and chat are in its id, and not looked at here."""
    died_ms = number(letter, "died_ms")
    if wanted.since_ms is not None and died_ms < wanted.since_ms:
        return False
    if wanted.until_ms is not None and died_ms >= wanted.until_ms:
        return False
    return not wanted.error or wanted.error.casefold() in text(letter, "error").casefold()


def read(raw: bytes) -> dict[str, Any]:
    """Read a letter. One that nobody can read is still one: it is shown with what is known of it."""
    try:
        letter = from_json(raw.decode(errors="replace"))
    except ValueError:
        letter = None
    return letter if isinstance(letter, dict) else {"error": "unreadable dead letter", "payload": repr(raw)}


def dead_letter(id_: str, letter: Mapping[str, Any]) -> DeadLetter:
    """A letter as it is shown. Fields that are missing are empty."""
    address, _, seq = id_.rpartition(":")
    order = letter.get("order")
    return DeadLetter(
        id=id_,
        chat=Chat.parse(address),
        seq=int(seq),
        order=order if isinstance(order, int) else None,
        kind=text(letter, "kind"),
        queue=text(letter, "queue"),
        trace=text(letter, "trace"),
        accepted_ms=number(letter, "accepted_ms"),
        died_ms=number(letter, "died_ms"),
        attempts=number(letter, "attempts"),
        epoch=number(letter, "epoch"),
        error=text(letter, "error"),
        traceback=text(letter, "traceback"),
        payload=text(letter, "payload"),
        expedited=letter.get("expedited") is True,
        skipped_by=text(letter, "skipped_by"),
    )


def text(letter: Mapping[str, Any], field: str) -> str:
    """A field that is text."""
    return str(letter.get(field, ""))


def number(letter: Mapping[str, Any], field: str) -> int:
    """A field that is a number; 0 when it is none."""
    value = letter.get(field, 0)
    return value if isinstance(value, int) else 0
