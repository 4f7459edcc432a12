"""What a bot with a room is made of, as one value: the `BOT` in the `__init__.py` of its room. That is a
folder of `actors/bots`, or anybody's package: both have the same rights.

It has two halves. `BundledBot` is read by settings, migrations, queues and the command line: importing it
loads no framework. `Parts` is what runs, asked for when the service starts.

    def parts() -> Parts[Options]:
        from tips.parts import PARTS

        return PARTS

    BOT = BundledBot(options=Options, parts=parts, queues=(DELIVERY,))
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel

from mailroom.actors.hosting.demo_person import DemoPerson
from mailroom.actors.jobs.notify import NOTIFICATION
from mailroom.actors.jobs.queue import Queue, QueueError
from mailroom.actors.pages.page import Hook, Page, Section
from mailroom.actors.pages.visit import Proof
from mailroom.actors.paying.kinds import PAYMENT

if TYPE_CHECKING:  # frameworks
    from aiogram import Router

    from mailroom.actors.hosting.measure import Measure
    from mailroom.actors.hosting.room import Room
    from mailroom.actors.jobs.every import Every
    from mailroom.actors.jobs.handlers import Handlers
    from mailroom.actors.jobs.transaction import Transaction
    from mailroom.actors.jobs.whose import Asked
    from mailroom.actors.paying.purpose import Purpose
    from mailroom.actors.paying.restored import Restored

O = TypeVar("O", bound=BaseModel)  # noqa: E741 - what its owner can set


async def _nothing(_room: "Room[O]") -> None:
    """Nothing has to be seen to before it serves."""


# No slots in these: `Parts[Options](…)` notes on the value how it was called, which slots make an error.


async def _forget_nothing(_room: "Room[O]", _tx: "Transaction", _person: str) -> None:
    """It keeps nothing of anybody."""


async def _no_roles(_room: "Room[O]", _proofs: frozenset[Proof]) -> frozenset[str]:
    """Nobody is anything but a customer."""
    return frozenset()


@dataclass(frozen=True, kw_only=True)
class Parts(Generic[O]):
    """What runs of a bundled bot. Each function gets the room of one bot, and is called once for each bot of
    the kind.
    """

    answers: "Callable[[], Router]"
    """What answers people: a fresh router each time, for aiogram attaches one to one parent only."""
    jobs: "Callable[[Room[O]], Iterable[Handlers]]" = lambda _room: ()
    """Who does the jobs of its queues: for each of `BundledBot.queues` one `Handlers`."""
    periodic: "Callable[[Room[O]], Iterable[Every]]" = lambda _room: ()
    """What is to be enqueued again and again, in its own queues."""
    purposes: "Callable[[Room[O]], Mapping[str, Purpose]]" = lambda _room: {}
    """What follows from the payments that it asks for, by what they pay for."""
    page: Page[O] | None = None
    """Its Mini App or public page."""
    section: Section[O] | None = None
    """Its part of the console."""
    hooks: Sequence[Hook[O]] = ()
    """What other servers may call."""
    roles: "Callable[[Room[O], frozenset[Proof]], Awaitable[frozenset[str]]]" = _no_roles
    """What somebody is who has proved these addresses: `owner`, `staff`, whatever its asks say who `may`."""
    prepare: "Callable[[Room[O]], Awaitable[None]]" = _nothing
    """What it sees to before it serves, awaited on the asyncio side. Raises `VaultError` where it cannot read
    what it has kept, and the service does not start.
    """
    forget: "Callable[[Room[O], Transaction, str], Awaitable[None]]" = _forget_nothing
    """Forgets what it keeps of a person, `Visit.person`, within a transaction. Called by `Room.forget`, which
    then forgets what the platform keeps of them.
    """
    measure: "Callable[[Room[O]], Measure] | None" = None
    """What is counted of it every few seconds, in every process."""
    restored: "Callable[[Room[O]], Restored] | None" = None
    """What it does when its database went back."""
    whose: "Callable[[Room[O]], Asked] | None" = None
    """Whose a job is that was enqueued when the bots of a kind shared their queues; for old kinds alone."""


@dataclass(frozen=True, kw_only=True)
class Demo(Generic[O]):
    """A bundled bot where no bot has a token."""

    options: O
    """What it is set to, where its owner has set nothing."""
    people: tuple[DemoPerson, ...] = ()
    """Whom it needs on the chat page, where its owner has not said who is who."""
    script: str = ""
    """What stands in for a model's words, as `module:name`; empty where it asks no model."""


@dataclass(frozen=True, kw_only=True)
class BundledBot(Generic[O]):
    """All that the service knows of a kind of bot before it runs one."""

    options: type[O]
    """What its owner can set, under `[bots.NAME.options]`."""
    parts: Callable[[], Parts[O]]
    """Imports what runs."""
    queues: tuple[Queue, ...] = ()
    """Those that each bot of the kind has for itself, in the order in which they are started."""
    migrations: Path | None = None
    """A folder of `0001_what_for.sql` and so on, which say `{schema}.` of its tables; None: it has none."""
    monitoring: Path | None = None
    """A folder with its `alerts.yml`, `panels.json` and `runbook.md`, any of them: `ops/monitoring`."""
    demo: Demo[O] | None = None
    """None: in a demo it is as it is without options, and its people are anybody."""

    def __post_init__(self) -> None:
        given = [PAYMENT.name, NOTIFICATION.name]
        names = [*(queue.name for queue in self.queues), *given]
        for name in names:
            if names.count(name) > 1:
                whose = ", which it has by itself" if name in given else " twice"
                raise QueueError(f"a bot cannot have the queue {name!r}{whose}")
