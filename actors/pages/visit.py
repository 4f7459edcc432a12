"""Somebody at a page, at a link, in the console or at the command line, as a room sees them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from mailroom.actors.cause import TELEGRAM, Cause
from mailroom.storage.postgres.outbox.job import Origin

Way = Literal["telegram", "code", "link", "demo"]
"""How a page learns who is there; the platform does each of them once, for all bots."""
Interface = Literal["page", "link", "console", "command"]
COMMAND = "mailroom-ask"
"""What the command line says that it is, so that a visit by it is told from one by the console."""


def telegram_id_of(address: str) -> int | None:
    """Telegram's number in an address or of a person, where it is that."""
    return int(address.removeprefix(TELEGRAM)) if address.startswith(TELEGRAM) else None


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody has proved: that an address is theirs."""

    way: Way
    address: str
    """`tg:7001`, `phone:+79161234567`, `mail:anna@example.com`."""
    username: str | None = None
    """What Telegram calls them, where it said so."""

    @property
    def telegram_id(self) -> int | None:
        """Telegram's number of the person, where it is that."""
        return telegram_id_of(self.address)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a signed link is for: it is all that its bearer may do."""

    what: str
    reference: str
    version: int = 0
    """Of the thing that it is about: a link ends where the thing has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One question of somebody, and who it is. It can begin a transaction."""

    bot: str
    interface: Interface
    person: str | None = None
    """The same within this bot whenever they come; None: nobody has proved anything."""
    name: str = ""
    """What they are called; it proves nothing."""
    proofs: frozenset[Proof] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    """What the room says that they are."""
    language: str = "en"
    chosen: bool = False
    """Whether they have chosen that language here."""
    trace: str = ""
    """What ties together all log lines of this question."""
    key: str = ""
    """Made by whoever asks, for one act: asked twice with it, the act is done once. Empty: none was given."""
    why: str = ""
    """Why somebody acts in the console."""
    grant: Grant | None = None
    """What the link is for by which they came."""
    start: str = ""
    """What brought them here: `?startapp=` of a link into Telegram, `?start=` of any other."""
    demo: bool = False
    """Nobody has proved anything: somebody chose to be this person."""
    enqueued: Counter[str] = field(default_factory=Counter, init=False, repr=False, compare=False)
    """How many jobs that are alike its transactions have enqueued."""

    @property
    def telegram_id(self) -> int | None:
        """Telegram's number of the person, where they have proved it, or chosen it in a demo."""
        return next((one.telegram_id for one in self.proofs if one.telegram_id is not None), None)

    @property
    def username(self) -> str | None:
        """What Telegram calls them."""
        return next((one.username for one in self.proofs if one.username), None)

    @property
    def who(self) -> str:
        """Who it is, for those who read later what was done."""
        return f"{self.name or self.person or 'nobody'} ({self.interface})"

    def effect(self, name: str) -> str:
        """A name for an effect of this act that is the same however often it is asked for with its key."""
        return f"{self.interface}:{self.bot}:{self.person or self.name}:{name}:{self.key or self.trace}"

    @property
    def cause(self) -> Cause:
        """The act as a reason to write: see `Room.transaction`."""
        return Cause(
            bot=self.bot,
            trace=self.trace,
            who=self.who,
            person=self.person,
            why=self.why,
            effect=self.effect,
            origin=lambda name: Origin(self.bot, None, self.effect(name)),
            enqueued=self.enqueued,
        )
