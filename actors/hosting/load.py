"""Where a bot's router comes from: a bundled bot by its name, or anybody's module on disk."""

import importlib
import sys
from pathlib import Path

from aiogram import Dispatcher, Router

from storage.words import words

OUR_DISPATCHER = "mailroom"
"""The name of a dispatcher that we put around a router which came without one."""


class RouterError(Exception):
    """The router named in the configuration cannot be had; the message says why."""


def bundled(name: str) -> Router:
    """A bot from `actors/bots`."""
    module = importlib.import_module(f"actors.bots.{name}")
    router: Router = module.build()
    return router


def from_disk(reference: str, folder: Path | None) -> Router:
    """The Router or Dispatcher that `module:attribute` names; modules are looked for in `folder` first."""
    module_name, _, attribute = reference.partition(":")
    if folder is not None and str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    try:
        found: object = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        where = f" in {folder}" if folder and error.name == module_name.partition(".")[0] else ""
        raise RouterError(f"router {reference!r}: there is no module {error.name!r}{where}") from error
    except Exception as error:
        raise RouterError(f"router {reference!r}: importing it raised {words(error)}") from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise RouterError(f"router {reference!r}: {module_name} has no {attribute!r}")
        found = getattr(found, part)
    if not isinstance(found, Router):
        raise RouterError(
            f"router {reference!r} is a {type(found).__name__}, not an aiogram 3 Router or Dispatcher"
        )
    if found.parent_router is not None and not is_ours(found.parent_router):
        raise RouterError(f"router {reference!r} is part of another router already: name that one")
    return found


def is_ours(router: Router | None) -> bool:
    """Whether this is a dispatcher that we put around a bot's router."""
    return isinstance(router, Dispatcher) and router.name == OUR_DISPATCHER
