"""What a module of somebody's bot says of the bot besides its router: the `Bot` it made for itself, with the
defaults of its messages. A router in the configuration is served as its script would have served it.
"""

import dataclasses
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.default import DefaultBotProperties

LINK_PREVIEW = "link_preview"
"""aiogram makes this one of the four others that begin so, unless it is given."""


def own_bot(reference: str, router: Router, token: str) -> Bot | None:
    """The bot that the module of `module:attribute` made, or that its Dispatcher was given: the one with this
    token, else the only one there is. A module with several of other tokens does not say which it means.
    """
    module = sys.modules.get(reference.partition(":")[0])
    made = {id(one): one for place in (module, router) for one in _bots_in(place)}
    found = list(made.values())
    mine = [one for one in found if one.token == token]
    if mine:
        return mine[0]
    return found[0] if len({one.token for one in found}) == 1 else None


def defaults(found: Bot | None, configured: Mapping[str, Any]) -> DefaultBotProperties:
    """What the bot's messages are sent with where a handler says nothing: as configured, else as the bot of
    the module has it.
    """
    own = found.default if found is not None else DefaultBotProperties()
    values = {field.name: getattr(own, field.name) for field in dataclasses.fields(own)}
    if any(name.startswith(LINK_PREVIEW) for name in configured):
        values[LINK_PREVIEW] = None  # it is made anew of what follows
    return DefaultBotProperties(**values | dict(configured))


def _bots_in(place: object) -> Iterator[Bot]:
    values = place.workflow_data if isinstance(place, Dispatcher) else getattr(place, "__dict__", {})
    return (one for one in list(values.values()) if isinstance(one, Bot))
