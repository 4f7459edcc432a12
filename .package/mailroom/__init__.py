"""Mailroom, whose folders lie at the top of its repository: installed, this is the one name it claims.

What authors of bots import stands here, and is loaded when it is asked for: `import mailroom` loads nothing.
`ops/docs/from-mailroom.md` says what each name is for. Nothing within imports from here.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailroom.actors.cause import Begins as Begins
    from mailroom.actors.events import Event as Event
    from mailroom.actors.hosting.bundled import BundledBot as BundledBot
    from mailroom.actors.hosting.bundled import Demo as Demo
    from mailroom.actors.hosting.bundled import Parts as Parts
    from mailroom.actors.hosting.demo_person import DemoPerson as DemoPerson
    from mailroom.actors.hosting.events import ChatEvent as ChatEvent
    from mailroom.actors.hosting.events import chat_event as chat_event
    from mailroom.actors.hosting.measure import Measure as Measure
    from mailroom.actors.hosting.room import Room as Room
    from mailroom.actors.hosting.throttle import Throttle as Throttle
    from mailroom.actors.jobs.context import JobContext as JobContext
    from mailroom.actors.jobs.every import Every as Every
    from mailroom.actors.jobs.handlers import Handlers as Handlers
    from mailroom.actors.jobs.kind import Kind as Kind
    from mailroom.actors.jobs.kind import Patience as Patience
    from mailroom.actors.jobs.limits import Limits as Limits
    from mailroom.actors.jobs.notify import notice as notice
    from mailroom.actors.jobs.queue import Queue as Queue
    from mailroom.actors.jobs.transaction import Transaction as Transaction
    from mailroom.actors.providers.payments import Money as Money
    from mailroom.actors.turn import Turn as Turn
    from mailroom.storage.postgres.deeds import Deed as Deed
    from mailroom.storage.postgres.outbox.connection import Connection as Connection
    from mailroom.storage.postgres.outbox.connection import Source as Source
    from mailroom.storage.postgres.outbox.job import NewJob as NewJob
    from mailroom.storage.postgres.outbox.outcome import Done as Done
    from mailroom.storage.postgres.outbox.outcome import Rejected as Rejected
    from mailroom.storage.postgres.outbox.outcome import Retry as Retry
    from mailroom.storage.postgres.queries import load
    from mailroom.storage.vault import VaultError as VaultError

    load_sql = load

_FROM = {
    "Begins": "actors.cause",
    "BundledBot": "actors.hosting.bundled",
    "ChatEvent": "actors.hosting.events",
    "Connection": "storage.postgres.outbox.connection",
    "Deed": "storage.postgres.deeds",
    "Demo": "actors.hosting.bundled",
    "DemoPerson": "actors.hosting.demo_person",
    "Done": "storage.postgres.outbox.outcome",
    "Event": "actors.events",
    "Every": "actors.jobs.every",
    "Handlers": "actors.jobs.handlers",
    "JobContext": "actors.jobs.context",
    "Kind": "actors.jobs.kind",
    "Limits": "actors.jobs.limits",
    "Measure": "actors.hosting.measure",
    "Money": "actors.providers.payments",
    "NewJob": "storage.postgres.outbox.job",
    "Parts": "actors.hosting.bundled",
    "Patience": "actors.jobs.kind",
    "Queue": "actors.jobs.queue",
    "Rejected": "storage.postgres.outbox.outcome",
    "Retry": "storage.postgres.outbox.outcome",
    "Room": "actors.hosting.room",
    "Source": "storage.postgres.outbox.connection",
    "Throttle": "actors.hosting.throttle",
    "Transaction": "actors.jobs.transaction",
    "Turn": "actors.turn",
    "VaultError": "storage.vault",
    "chat_event": "actors.hosting.events",
    "load_sql": "storage.postgres.queries:load",
    "notice": "actors.jobs.notify",
}
"""Where each name comes from; after a colon what it is called there."""

__all__ = list(_FROM)

_here = Path(__file__).resolve().parent
if _here.parent.name == ".package":
    # A checkout: the folders at its top are the package. What runs finds them by their own paths, which
    # tracebacks and breakpoints then have; the links beside this file are for tools that only read.
    __path__.insert(0, str(_here.parents[1]))


def _lazily(module: dict[str, object], places: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of a module whose names are loaded when they are asked for."""

    def get(name: str) -> object:
        if name not in places:
            raise AttributeError(f"module {module['__name__']!r} has no attribute {name!r}")
        place, _, called = places[name].partition(":")
        found: object = getattr(import_module(f"{__name__}.{place}"), called or name)
        module[name] = found
        return found

    return get


__getattr__ = _lazily(globals(), _FROM)


def __dir__() -> list[str]:
    return sorted({*globals(), *_FROM})
