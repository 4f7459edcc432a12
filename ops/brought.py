"""What the rooms of a configuration bring to a service: jobs and their queues, payments, measures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailroom.actors.jobs.notify import NOTIFICATION
from mailroom.actors.jobs.queue import Queue, bot_of
from mailroom.actors.paying.kinds import PAYMENT
from mailroom.ops.bundled import parts_of, rooms
from mailroom.ops.faults import CannotStartError
from mailroom.ops.schemas import schemas_of
from mailroom.ops.settings import Settings

if TYPE_CHECKING:  # asyncpg and aiogram, which counting queues can do without
    from mailroom.actors.hosting.bundled import BundledBot, Parts
    from mailroom.actors.hosting.measure import Measure
    from mailroom.actors.hosting.room import Room
    from mailroom.actors.hosting.services import BotServices
    from mailroom.actors.jobs.every import Every
    from mailroom.actors.jobs.handlers import Handlers
    from mailroom.actors.jobs.whose import Asked
    from mailroom.actors.paying.purpose import Purposes
    from mailroom.actors.paying.restored import Restored

    Own = tuple[BundledBot[Any], Parts[Any], Room[Any]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What the bots of a configuration bring to the queues."""

    rooms: Sequence[str]
    """The bots that have a room, and may ask for payments."""
    handlers: "list[Handlers]"
    periodic: "list[Every]"
    """What they have enqueued again and again."""
    purposes: "Purposes"
    """What follows from payments, by the bot that asked for them and by what they pay for."""
    restored: "list[Restored]"
    """What they do when the database went back."""
    whose: "list[Asked]"
    """Whom they know of jobs to be that were enqueued when bots shared their queues."""


async def prepare(settings: Settings, services: "BotServices") -> None:
    """Have the bots see to what they need before they serve. To be awaited on the asyncio side.

    Raises `VaultError` where one cannot read what it has kept.
    """
    for name in _one_for_each_schema(settings):
        await parts_of(settings, name).prepare(services.of(name))


def brought(settings: Settings, services: "BotServices") -> Brought:
    """The jobs and purposes of every configured bot with a room; what each kind does after a restore. Raises
    `CannotStartError` where somebody's room has a queue whose jobs nobody does, or the other way round.
    """
    own = {name: (its, parts_of(settings, name), services.of(name)) for name, its in rooms(settings).items()}
    return brought_by(own, _one_for_each_schema(settings))


def brought_by(own: "Mapping[str, Own]", one_for_each: Sequence[str]) -> Brought:
    """The same of rooms that are there already, by their bots; `one_for_each` are those that speak for all
    with the same tables.
    """
    handlers = {name: list(parts.jobs(room)) for name, (_, parts, room) in own.items()}
    for name, (its, _, _) in own.items():
        _require_one_each(name, [queue.of(name) for queue in its.queues], handlers[name])
    speaking = [own[name] for name in one_for_each]
    return Brought(
        rooms=list(own),
        handlers=[one for several in handlers.values() for one in several],
        periodic=[
            _in_own_queue(name, one) for name, (_, parts, room) in own.items() for one in parts.periodic(room)
        ],
        purposes={
            (name, purpose): replace(meaning, within=room.database)
            for name, (_, parts, room) in own.items()
            for purpose, meaning in parts.purposes(room).items()
        },
        restored=[parts.restored(room) for _, parts, room in speaking if parts.restored is not None],
        whose=[parts.whose(room) for _, parts, room in own.values() if parts.whose is not None],
    )


def queues_of(settings: Settings) -> dict[str, list[Queue]]:
    """The queues of each configured bot, in the order in which they are started."""
    own = {name: [PAYMENT, *its.queues] for name, its in rooms(settings).items()}
    return {name: [*own.get(name, ()), NOTIFICATION] for name in settings.bots}


def measures(settings: Settings, services: "BotServices") -> "dict[str, Measure]":
    """What is counted of the bots every few seconds, by the bot's name."""
    found = {name: parts_of(settings, name).measure for name in rooms(settings)}
    return {name: measure(services.of(name)) for name, measure in found.items() if measure is not None}


def monitoring(settings: Settings) -> dict[str, Path]:
    """Where the kinds of bots that are configured have alerts, panels and a runbook page."""
    kinds = {settings.bots[name].kind or "": its for name, its in rooms(settings).items()}
    return {kind: its.monitoring for kind, its in sorted(kinds.items()) if its.monitoring is not None}


def _require_one_each(bot: str, queues: Sequence[str], handlers: "Sequence[Handlers]") -> None:
    done = [one.queue for one in handlers]
    for queue in queues:
        if queue not in done:
            raise CannotStartError(
                f"bots.{bot}: nobody does the jobs of its queue {queue}: Parts.jobs gives no Handlers for it."
            )
    for queue in done:
        if queue not in queues:
            raise CannotStartError(
                f"bots.{bot}: Parts.jobs does jobs of {queue}, a queue that BundledBot.queues does not name."
            )


def _in_own_queue(bot: str, every: "Every") -> "Every":
    if bot_of(queue := every.job().queue) != bot:
        raise CannotStartError(
            f"bots.{bot}: its periodic work {every.name} is enqueued in {queue}: it must be its own."
        )
    return every.of(bot)


def _one_for_each_schema(settings: Settings) -> list[str]:
    """A bot for each place with tables; and one of each kind that has none."""
    found: dict[tuple[str, str], str] = {}
    for name, schema in sorted(schemas_of(settings).items()):
        found.setdefault((str(settings.bots[name].kind), schema), name)
    return list(found.values())
