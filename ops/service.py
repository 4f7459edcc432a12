"""The service: one process opened (`process.py`), held (`oversight.py`), and its tree run
(`supervisors/tree.py`).
"""

import gc
import os
from collections.abc import Callable, Iterable
from functools import partial

import trio
from structlog import get_logger

from mailroom.actors.runtime import host as runtime
from mailroom.actors.runtime.signals import stop_signals
from mailroom.ops.application import front_of
from mailroom.ops.before_work import settle
from mailroom.ops.ending import cause, obey, stop_when_asked
from mailroom.ops.front import Front
from mailroom.ops.oversight import Oversight, oversee
from mailroom.ops.parts import parts_of_process
from mailroom.ops.process import Process, Role, Setup, open_process
from mailroom.ops.settings import Settings
from mailroom.ops.version import VERSION
from mailroom.supervisors.holding import holds
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.otp.child import Life, Shutdown
from mailroom.supervisors.otp.errors import FailedToStartError, GaveUp
from mailroom.supervisors.periodic_gauges import standing_still
from mailroom.supervisors.tree import tree

log = get_logger("mailroom")

YOUNG_OBJECTS_MAX = 20_000
"""Objects made before the collector looks at them: a few hundred updates' worth, some megabytes."""


def serve(settings: Settings, *, roles: Iterable[Role], ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then drain. `ready` is called with the address once everything works."""
    runtime.run(Service(Setup(settings, frozenset(roles)), ready).main)


class Service:
    """One process of Mailroom. `ready` is called with its address once everything works."""

    def __init__(self, setup: Setup, ready: Callable[[str], None]) -> None:
        self._setup = setup
        self._ready = ready
        self.front: Front | None = None
        """The way in, while it is open: for a script whose own web server takes its updates."""

    async def main(self) -> None:
        """Start everything, wait for a signal, stop everything."""
        with stop_signals() as signals:
            async with trio.open_nursery() as nursery:
                stop = trio.Event()
                nursery.start_soon(obey, signals, stop, nursery.cancel_scope)
                await self.run(stop)
                nursery.cancel_scope.cancel()

    async def run(self, stop: trio.Event) -> None:
        """Run until `stop` is set. Raises what kept a part from starting, and `GaveUp` when the tree did."""
        async with open_process(self._setup, stop) as process, trio.open_nursery() as nursery:
            oversight = oversee(process, nursery)
            await settle(process, oversight)
            oncall = OnCall.over(process.stores.line, local=oversight.node, database=process.stores.database)
            self.front = front_of(process, oncall) if process.listening else None
            life = Life("", partial(self._is_ready, process))
            nursery.start_soon(stop_when_asked, stop, life)
            _warn(process, oversight, self.front)
            try:
                await oversight.tree.run(tree(parts_of_process(process, oversight, self.front)), life)
            except GaveUp:
                raise
            except Shutdown:
                nursery.cancel_scope.cancel()
            except FailedToStartError as failed:
                raise cause(failed) from None

    def _is_ready(self, process: Process) -> None:
        _calm_collector()
        front = self.front
        log.info(
            "ready",
            version=VERSION,
            port=front.port if front else None,
            roles=sorted(process.roles),
            bots=sorted(process.settings.bots),
            pid=os.getpid(),
        )
        self._ready(front.address if front else "")


def _warn(process: Process, oversight: Oversight, front: Front | None) -> None:
    """Have `/readyz` tell of what is to be known and keeps nothing from working."""
    stores, chat_worker = process.stores, process.chat_worker
    stores.readiness.warnings += [
        oversight.guard.warnings,
        partial(standing_still, stores.database),
        partial(holds, stores.line, list(process.bots)),
        *([front.warnings] if front is not None else []),
    ]
    if process.working:
        stores.readiness.owning = lambda: chat_worker.ownership.held


def _calm_collector() -> None:
    """What is alive now lives until the end: leave it out of every collection, and collect less often.

    A full collection stops every chat for tens of milliseconds; almost all our garbage is freed by its count.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 20, 50)
