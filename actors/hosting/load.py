"""Where a bot's router comes from that is no bundled one: anybody's module on disk.

What is wrong with a module is its author's to mend: said in one line, with the line of his that it is about.
"""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from aiogram import Dispatcher, Router
from aiohttp import web

from mailroom.actors.hosting.definitions import line_of, name_of, nearest_name
from mailroom.actors.hosting.imported import ModuleFaultError, defined_in, imported

OUR_DISPATCHER = "mailroom"
"""The name of a dispatcher that we put around a router which came without one."""

UNUSABLE = frozenset({"event", "observer", "telegram_event", "update", "update_type"})
"""Names that aiogram's own functions have between an update and its handler, as of 3.31: a value for handlers
under one of them makes each update fail with a TypeError on stock aiogram.
"""


class RouterError(Exception):
    """The router named in the configuration cannot be had; the message says why, and where."""


def from_disk(reference: str, folder: Path | None) -> Router:
    """The Router or Dispatcher that `module:attribute` names; modules are looked for in `folder` first."""
    module_name, _, attribute = reference.partition(":")
    module = _imported(reference, module_name, folder)
    found: object = module
    for part in attribute.split("."):
        if not hasattr(found, part):
            meant = nearest_name(module, part, Router) if found is module else ""
            raise RouterError(
                f"router {reference!r}: {module_name} has no {attribute!r}{meant}{defined_in(module, folder)}"
            )
        found = getattr(found, part)
    where = defined_in(module, folder, line_of(module, attribute))
    if not isinstance(found, Router):
        made = inspect.isroutine(found) or inspect.isclass(found)
        called = "; call it there, and name what it gives" if made else ""
        raise RouterError(
            f"router {reference!r} is a {type(found).__name__}, not an aiogram 3 Router or Dispatcher"
            f"{called}{where}"
        )
    if found.parent_router is not None and not is_ours(found.parent_router):
        other = name_of(module, found.parent_router)
        which = f"name {module_name}:{other}" if other else "name that one"
        raise RouterError(f"router {reference!r} is part of another router already: {which}{where}")
    if isinstance(found, Dispatcher) and (unusable := sorted(UNUSABLE & set(found.workflow_data))):
        raise RouterError(
            f"aiogram passes arguments of its own named {', '.join(unusable)}, so that values for handlers"
            f" cannot have these names: every update would fail{where}"
        )
    return found


def is_ours(router: Router | None) -> bool:
    """Whether this is a dispatcher that we put around a bot's router."""
    return isinstance(router, Dispatcher) and router.name == OUR_DISPATCHER


def _imported(reference: str, module_name: str, folder: Path | None) -> ModuleType:
    try:
        with _nothing_started():
            return imported(module_name, folder)
    except ModuleFaultError as fault:
        raise RouterError(f"router {reference!r}: {fault}") from fault


@contextmanager
def _nothing_started() -> Iterator[None]:
    """Have a script that starts itself when it is imported say so: it would take the bot's messages, and
    never come back to us.
    """

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise ModuleFaultError(
            "importing it starts the bot: put that below `if __name__ == '__main__':`,"
            " or serve the script as it is with `mailroom run`"
        )

    starters: tuple[tuple[Any, str], ...] = (
        (Dispatcher, "start_polling"), (Dispatcher, "run_polling"), (web, "run_app"),
    )  # fmt: skip
    before = [getattr(owner, name) for owner, name in starters]
    for owner, name in starters:
        setattr(owner, name, refuse)
    try:
        yield
    finally:
        for (owner, name), function in zip(starters, before, strict=True):
            if getattr(owner, name) is refuse:  # the module may have put its own in the place
                setattr(owner, name, function)
