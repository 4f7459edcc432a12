"""Bundled bots as the service uses them: what their owners can set, and the jobs they bring."""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

from pydantic import BaseModel, ValidationError

from mailroom.actors.hosting.demo_person import DemoPerson
from mailroom.actors.notify import NOTIFICATION
from mailroom.ops.settings import BotSettings, Settings
from mailroom.ops.wrong_values import said_plainly

if TYPE_CHECKING:  # aiogram, which a check of settings can do without
    from mailroom.actors.hosting.services import BotServices
    from mailroom.actors.jobs.handlers import Handlers
    from mailroom.actors.jobs.queue import Queue
    from mailroom.actors.jobs.whose import Asked
    from mailroom.actors.paying.purpose import Purposes
    from mailroom.actors.paying.restored import Restored


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


class BotOptions(Protocol):
    """What the owner of a bundled bot can set: a pydantic model."""

    model_fields: ClassVar[dict[str, Any]]

    @classmethod
    def model_validate(cls, obj: Any) -> BaseModel:
        """Check what was set."""

    @classmethod
    def for_demo(cls) -> BaseModel:
        """What suits a demo, whose people are those of the chat page."""


def options_model(bot: str) -> type[BotOptions]:
    """What the owner of a bundled bot can set."""
    model: type[BotOptions] = importlib.import_module(f"mailroom.actors.bots.{bot}.options").Options
    return model


def options_of(settings: Settings) -> dict[str, BaseModel]:
    """The options of each configured bundled bot, by its name; in a demo those that it has for one."""
    found = {}
    for name, one in settings.bots.items():
        if one.bot is not None:
            model = options_model(one.bot)
            in_demo = settings.demo and not one.options
            found[name] = model.for_demo() if in_demo else model.model_validate(one.options)
    return found


def schemas_of(settings: Settings) -> dict[str, str]:
    """Where each configured bundled bot has its tables, by its name."""
    return {name: one.bot for name, one in settings.bots.items() if one.bot is not None}


def demo_people(settings: Settings) -> dict[str, Sequence[DemoPerson]]:
    """Whom the bundled bots have in a demo, by the bot's name; nobody where the owner has set who is who."""
    found: dict[str, Sequence[DemoPerson]] = {}
    for name, one in settings.bots.items():
        if one.bot is not None and not one.options:
            module = importlib.import_module(f"mailroom.actors.bots.{one.bot}.options")
            found[name] = getattr(module, "DEMO_PEOPLE", ())
    return found


def demo_scripts(settings: Settings) -> dict[str, str]:
    """What the models of the bundled bots say in a demo, by the kind of bot: `module:name`."""
    kinds = sorted({one.bot for one in settings.bots.values() if one.bot is not None})
    modules = {kind: importlib.import_module(f"mailroom.actors.bots.{kind}.options") for kind in kinds}
    return {kind: module.DEMO_SCRIPT for kind, module in modules.items() if hasattr(module, "DEMO_SCRIPT")}


def wrong_options(
    bot: str, options: Mapping[str, Any], within: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where the options of a bundled bot, in the table at `within`, are not what its model wants, and why."""
    model = options_model(bot)
    try:
        model.model_validate(options)
    except ValidationError as invalid:
        for error in invalid.errors():
            where = tuple(map(str, error["loc"]))
            yield where, said_plainly(error, cast("type[BaseModel]", model), within)


async def prepare(settings: Settings, services: "BotServices") -> None:
    """Have the bundled bots see to what they need before they serve. To be awaited on the asyncio side.

    Raises `VaultError` where one cannot read what it has kept.
    """
    for kind, bot in _one_of_each(settings).items():
        await room(kind).prepare(services.of(bot))


def brought(settings: Settings, services: "BotServices") -> Brought:
    """The jobs and purposes of every bundled bot that is configured; what each kind does after a restore."""
    handlers = [
        room(one.bot).handlers(services.of(name))
        for name, one in _bundled(settings).items()
        if hasattr(room(one.bot), "handlers")
    ]
    purposes = {
        (name, purpose): meaning
        for name, one in _bundled(settings).items()
        for purpose, meaning in room(one.bot).purposes(services.of(name)).items()
    }
    restored = []
    for kind, bot in _one_of_each(settings).items():
        if hasattr(room(kind), "after_restore"):
            restored.append(room(kind).after_restore(services.of(bot)))
    whose = [
        room(one.bot).whose(services.of(name))
        for name, one in _bundled(settings).items()
        if hasattr(room(one.bot), "whose")
    ]
    return Brought(handlers, purposes, restored, whose)


def queues_of(settings: Settings) -> "dict[str, list[Queue]]":
    """The queues of each configured bot, in the order in which they are started."""
    found = {}
    for name, one in settings.bots.items():
        brings = one.bot is not None and hasattr(room(one.bot), "queues")
        found[name] = [*(room(one.bot).queues() if brings else ()), NOTIFICATION]
    return found


def room(kind: str | None) -> Any:
    """What a bundled bot is made of."""
    return importlib.import_module(f"mailroom.actors.bots.{kind}")


def _bundled(settings: Settings) -> "dict[str, BotSettings]":
    return {name: one for name, one in settings.bots.items() if one.bot is not None}


def _one_of_each(settings: Settings) -> dict[str, str]:
    """A bot of each kind, by the kind: those of a kind share their tables."""
    return {one.bot: name for name, one in sorted(settings.bots.items()) if one.bot is not None}
