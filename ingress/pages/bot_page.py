"""The page of one bot, and those of all bots of this process."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.page import Page
from mailroom.actors.pages.visit import Proof, Way
from mailroom.actors.providers.codes import AddressKind, CodeSender
from mailroom.actors.providers.webpush import WebPush
from mailroom.ingress.asks.table import Table

Roles = Callable[[Room[Any], frozenset[Proof]], Awaitable[frozenset[str]]]


@dataclass(frozen=True)
class BotPage:
    """A page, its bot's room, and what else it takes to serve it."""

    room: Room[Any]
    page: Page[Any]
    kind: str
    """Which room it is: several bots may have the same."""
    token: str = field(repr=False)
    """Of the bot: with it Telegram signs who a visitor is."""
    roles: Roles
    chat_url: str | None = None
    """Where the chat with the bot is, as far as known."""
    senders: Sequence[CodeSender] = ()
    """Who carries one-time codes."""
    codes_seen_at: str | None = None
    """Where a demo shows the codes that it sends to nobody."""
    web_push: WebPush | None = None
    """The way to people's browsers; None without a key."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "asks", Table(self.page.asks))
        object.__setattr__(self, "links", Table(self.page.links))

    asks: Table = field(init=False, repr=False)
    links: Table = field(init=False, repr=False)

    @property
    def bot(self) -> str:
        """The bot's name."""
        return self.room.bot

    @property
    def ways(self) -> tuple[Way, ...]:
        """How somebody can come in here; in a demo alone as whoever they choose, and by a code where
        somebody carries it.
        """
        possible: dict[Way, bool] = {"demo": self.room.demo, "code": bool(self.senders)}
        return tuple(way for way in self.page.enter if possible.get(way, True))

    @property
    def code_addresses(self) -> list[AddressKind]:
        """What a code can be sent to."""
        kinds: tuple[AddressKind, ...] = ("mail", "phone")
        return [kind for kind in kinds if any(kind in sender.takes for sender in self.senders)]


BotPages = Mapping[str, BotPage]
"""By the bot's name."""
