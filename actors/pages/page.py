"""A room's page, its section of the console, and what other servers may call, as values."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel

from mailroom.actors.pages.ask import ANYONE, BEARER, KNOWN, ON_CALL, UPLOAD_BYTES_MAX, Ask, AskError
from mailroom.actors.pages.visit import Way

if TYPE_CHECKING:  # frameworks
    from mailroom.actors.hosting.room import Room
    from mailroom.storage.postgres.outbox.job import NewJob

O = TypeVar("O", bound=BaseModel)  # noqa: E741 - a room's options


HOOK_PATH = re.compile(r"[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){0,4}")


class ProblemWords(NamedTuple):
    """What somebody is told of a problem: what is wrong, and what to do."""

    error: str
    what_to_do: str


@dataclass(frozen=True)
class Page(Generic[O]):
    """A Mini App or a public page, at `/app/BOT/`."""

    files: Path
    """A folder with `index.html` and what it needs; the kit of all pages is at `kit/` beside them."""
    asks: Sequence[Ask[O, Any]]
    """What it may ask, below `/app/BOT/api`."""
    enter: tuple[Way, ...] = ("telegram",)
    """How it learns who is there; `demo` is possible where no bot has a real token."""
    words: Mapping[str, Mapping[str, ProblemWords]] = field(default_factory=dict)
    """What is said of the problems of its asks: by language, then by their code."""
    texts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What its scripts say: by language, then by name. They import it as `TEXTS` from `texts.js`, which is
    beside its files; `as_data` makes it of a room's files of texts.
    """
    links: Sequence[Ask[O, Any]] = ()
    """GETs alone, below `/app/BOT/l/TOKEN`, for whoever has the link: files for calendars and mail."""
    title: str = ""
    """What people know the bot by, in a mail with a code; empty: its name in the configuration."""
    push: bool = False
    """Whether it may send its visitors notices that their browser shows."""

    def __post_init__(self) -> None:
        _each_once(self.asks)
        _each_once(self.links)
        for ask in self.asks:
            if ask.path.startswith("/_"):
                raise AskError(f"{ask.method} {ask.path}: what begins with _ is asked of the platform")
        if acting := [ask for ask in self.links if ask.method != "GET"]:
            raise AskError(f"{acting[0].method} {acting[0].path}: a link is opened by mail scanners too: GET")


@dataclass(frozen=True)
class Section(Generic[O]):
    """A part of the console, for those who run this bot."""

    title: str
    files: Path
    """A folder with `section.html`, `section.js`, `section.css` and what they need."""
    asks: Sequence[Ask[O, Any]]
    """What it may ask, below `/ops/bots/BOT`; each is also `mailroom ask BOT …`. Their `may` names roles of
    the room; on-call may everything.
    """

    def __post_init__(self) -> None:
        _each_once(self.asks)
        for ask in self.asks:
            if open_to := frozenset(ask.may) & (ANYONE | KNOWN | BEARER):
                raise AskError(
                    f"{ask.method} {ask.path}: in a section there is nobody who is {min(open_to)!r} and no"
                    " more: name roles of the room, or ON_CALL"
                )

    @property
    def roles(self) -> frozenset[str]:
        """Those of the room that have anything to ask here."""
        return frozenset(role for ask in self.asks for role in ask.may) - ON_CALL


@dataclass(frozen=True, slots=True)
class Notice:
    """What somebody else's server has sent, as it came."""

    headers: Mapping[str, str]
    """By their names in small letters."""
    query: Mapping[str, str]
    body: bytes
    peer: str
    """The address it came from, as far as trusted proxies say."""


@dataclass(frozen=True)
class Hook(Generic[O]):
    """Somebody else's server calls, at `/webhook/bots/BOT/PATH`. The jobs that it comes to are committed
    before it is answered with 2xx.
    """

    path: str
    read: "Callable[[Room[O], Notice], Awaitable[Sequence[NewJob]]]"
    """Raises `Problem`: `unknown` for what is not signed as it should be. Sent twice, it comes to jobs with
    the same `dedup_key`.
    """
    bytes_max: int = 1 << 20

    def __post_init__(self) -> None:
        if HOOK_PATH.fullmatch(self.path) is None:
            raise AskError(f"the hook {self.path!r}: a path is written deals or deals/changed")
        if not 0 < self.bytes_max <= UPLOAD_BYTES_MAX:
            raise AskError(f"the hook {self.path!r}: it takes 1 to {UPLOAD_BYTES_MAX} bytes")


def _each_once(asks: Sequence[Ask[Any, Any]]) -> None:
    seen: set[tuple[str, str]] = set()
    for ask in asks:
        place = (ask.method, ask.path)
        if place in seen:
            raise AskError(f"{ask.method} {ask.path} is there twice")
        seen.add(place)
