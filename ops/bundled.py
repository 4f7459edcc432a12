"""Bundled bots as the service uses them: the one place that loads a room, and knows which there are."""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from mailroom.actors import bots
from mailroom.actors.hosting.bundled import BundledBot
from mailroom.actors.hosting.demo_person import DemoPerson
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.notify import NOTIFICATION
from mailroom.ops.schemas import schemas_of
from mailroom.ops.settings import Settings
from mailroom.ops.wrong_values import said_plainly

if TYPE_CHECKING:  # asyncpg and aiogram, which a check of settings can do without
    from mailroom.actors.hosting.measure import Measure
    from mailroom.actors.hosting.services import BotServices
    from mailroom.actors.jobs.handlers import Handlers
    from mailroom.actors.jobs.whose import Asked
    from mailroom.actors.paying.purpose import Purposes
    from mailroom.actors.paying.restored import Restored

BY_DEFAULT = "shop"
"""The bot that a demo has where none is configured."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What the bundled bots of a configuration bring to the queues."""

    handlers: "list[Handlers]"
    purposes: "Purposes"
    """What follows from payments, by the bot that asked for them and by what they pay for."""
    restored: "list[Restored]"
    """What they do when the database went back."""
    whose: "list[Asked]"
    """Whom they know of jobs to be that were enqueued when bots shared their queues."""


def bundled_bots() -> list[str]:
    """Those that came along: the folders of `actors/bots`."""
    return sorted(file.parent.name for folder in bots.__path__ for file in Path(folder).glob("*/__init__.py"))


def room(kind: str) -> BundledBot:
    """A kind of bundled bot, without what runs of it."""
    found: BundledBot = importlib.import_module(f"mailroom.actors.bots.{kind}").BOT
    return found


def rooms(settings: Settings) -> dict[str, BundledBot]:
    """What each configured bundled bot is, by its name."""
    return {name: room(one.bot) for name, one in settings.bots.items() if one.bot is not None}


def options_of(settings: Settings) -> dict[str, BaseModel]:
    """The options of each configured bundled bot, by its name; in a demo those that it has for one."""
    found = {}
    for name, its in rooms(settings).items():
        set_ = settings.bots[name].options
        in_demo = settings.demo and not set_ and its.demo is not None
        found[name] = its.demo.options if in_demo and its.demo else its.options.model_validate(set_)
    return found


def demo_people(settings: Settings) -> dict[str, Sequence[DemoPerson]]:
    """Whom the bundled bots have in a demo, by the bot's name; nobody where the owner has set who is who."""
    return {
        name: its.demo.people if its.demo else ()
        for name, its in rooms(settings).items()
        if not settings.bots[name].options
    }


def demo_scripts(settings: Settings) -> dict[str, str]:
    """What the models of the bundled bots say in a demo, by the kind of bot: `module:name`."""
    kinds = {one.bot: room(one.bot) for one in settings.bots.values() if one.bot is not None}
    return {kind: its.demo.script for kind, its in sorted(kinds.items()) if its.demo and its.demo.script}


def wrong_options(
    bot: str, options: Mapping[str, Any], within: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where the options of a bundled bot, in the table at `within`, are not what its model wants, and why."""
    model = room(bot).options
    try:
        model.model_validate(options)
    except ValidationError as invalid:
        for error in invalid.errors():
            where = tuple(map(str, error["loc"]))
            yield where, said_plainly(error, model, within)


async def prepare(settings: Settings, services: "BotServices") -> None:
    """Have the bundled bots see to what they need before they serve. To be awaited on the asyncio side.

    Raises `VaultError` where one cannot read what it has kept.
    """
    own = rooms(settings)
    for name in _one_for_each_schema(settings):
        await own[name].parts().prepare(services.of(name))


def brought(settings: Settings, services: "BotServices") -> Brought:
    """The jobs and purposes of every bundled bot that is configured; what each kind does after a restore."""
    own = {name: (its.parts(), services.of(name)) for name, its in rooms(settings).items()}
    one_for_each = [own[name] for name in _one_for_each_schema(settings)]
    return Brought(
        handlers=[handlers for parts, its in own.values() for handlers in parts.jobs(its)],
        purposes={
            (name, purpose): meaning
            for name, (parts, its) in own.items()
            for purpose, meaning in parts.purposes(its).items()
        },
        restored=[parts.restored(its) for parts, its in one_for_each if parts.restored is not None],
        whose=[parts.whose(its) for parts, its in own.values() if parts.whose is not None],
    )


def queues_of(settings: Settings) -> dict[str, list[Queue]]:
    """The queues of each configured bot, in the order in which they are started."""
    own = {name: its.queues for name, its in rooms(settings).items()}
    return {name: [*own.get(name, ()), NOTIFICATION] for name in settings.bots}


def measures(settings: Settings, services: "BotServices") -> "dict[str, Measure]":
    """What is counted of the bundled bots every few seconds, by the bot's name."""
    found = {name: its.parts().measure for name, its in rooms(settings).items()}
    return {name: measure(services.of(name)) for name, measure in found.items() if measure is not None}


def monitoring(settings: Settings) -> dict[str, Path]:
    """Where the kinds of bundled bots that are configured have alerts, panels and a runbook page."""
    kinds = {one.bot: room(one.bot) for one in settings.bots.values() if one.bot is not None}
    return {kind: its.monitoring for kind, its in sorted(kinds.items()) if its.monitoring is not None}


def _one_for_each_schema(settings: Settings) -> list[str]:
    """A bot for each place with tables; and one of each kind that has none."""
    found: dict[tuple[str, str], str] = {}
    for name, schema in sorted(schemas_of(settings).items()):
        found.setdefault((str(settings.bots[name].bot), schema), name)
    return list(found.values())
