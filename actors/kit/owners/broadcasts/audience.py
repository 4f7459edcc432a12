"""Whom a bot's broadcasts reach, as its room's tables know them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from mailroom.actors.jobs.notify import Button
from mailroom.storage.postgres.outbox.connection import Connection, Source


@dataclass(frozen=True)
class Recipients:
    """How many people a broadcast reaches."""

    by_language: dict[str, int]
    """How many are served in each language, without those who want no news."""
    without_news: int
    """How many have said that they want none."""

    @property
    def total(self) -> int:
        """All who are told."""
        return sum(self.by_language.values())


@dataclass(frozen=True)
class Audience:
    """What a room says of those it can tell something."""

    count: Callable[[Source, str], Awaitable[Recipients]]
    """How many people of a bot there are to tell."""
    chats: Callable[[Connection, str, str | None], Awaitable[Sequence[int]]]
    """Their chats; with a language only of those who are served in it."""
    spoken: Callable[[str], str]
    """Which language a text is in that goes to all."""
    below: Callable[[str], Button | None]
    """The button below a message in this language, by which one wants no more of them."""
    languages: Sequence[str]
    """Those that people are served in."""
