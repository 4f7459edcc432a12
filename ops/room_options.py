"""What the owners of bots with a room have set, and whom and what such bots have in a demo."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from mailroom.actors.hosting.bundled import BundledBot
from mailroom.actors.hosting.demo_person import DemoPerson
from mailroom.ops.bundled import rooms
from mailroom.ops.settings import Settings
from mailroom.ops.wrong_values import said_plainly


def options_of(settings: Settings) -> dict[str, BaseModel]:
    """The options of each configured bot with a room, by its name; in a demo those that it has for one."""
    found = {}
    for name, its in rooms(settings).items():
        set_ = settings.bots[name].options
        in_demo = settings.demo and not set_ and its.demo is not None
        found[name] = its.demo.options if in_demo and its.demo else its.options.model_validate(set_)
    return found


def wrong_options(
    its: BundledBot[Any], options: Mapping[str, Any], within: Sequence[str]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where the options of a bot with a room, in the table at `within`, are not what it wants, and why."""
    try:
        its.options.model_validate(options)
    except ValidationError as invalid:
        for error in invalid.errors():
            where = tuple(map(str, error["loc"]))
            yield where, said_plainly(error, its.options, within)


def demo_people(settings: Settings) -> dict[str, Sequence[DemoPerson]]:
    """Whom the bots have in a demo, by the bot's name; nobody where the owner has set who is who."""
    return {
        name: its.demo.people if its.demo else ()
        for name, its in rooms(settings).items()
        if not settings.bots[name].options
    }


def demo_scripts(settings: Settings) -> dict[str, str]:
    """What the models of the bots say in a demo, by the kind of bot: `module:name`."""
    kinds = {settings.bots[name].kind or "": its for name, its in rooms(settings).items()}
    return {kind: its.demo.script for kind, its in sorted(kinds.items()) if its.demo and its.demo.script}
