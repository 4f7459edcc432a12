"""Procrastinate: psycopg's pool in C, notifications, twenty jobs at a time, finished jobs deleted."""

from collections.abc import Sequence
from typing import Any

from procrastinate import App, PsycopgConnector  # type: ignore[import-not-found, unused-ignore]

from mailroom.ops.bench.outbox.queue import BODY, Handle

CONNECTIONS_MAX = 10


class Adapter:
    """Procrastinate with a `concurrency`, which is also the number of a worker's connections."""

    def __init__(self, url: str, *, concurrency: int, delete_jobs: str) -> None:
        self._url = url
        self._concurrency = concurrency
        self._delete_jobs = delete_jobs
        self._handle: Handle = lambda _: None

    async def prepare(self) -> None:
        """As `procrastinate schema --apply`."""
        app, _ = self._app(1)
        async with app.open_async():
            await app.schema_manager.apply_schema_async()

    async def open(self) -> None:
        """Connect."""
        app, self._task = self._app(CONNECTIONS_MAX)
        await app.open_async()

    async def enqueue(self, wanted_at: float) -> None:
        """One job."""
        await self._task.defer_async(wanted_at=wanted_at, body=BODY)

    async def enqueue_batch(self, wanted_at: Sequence[float]) -> None:
        """One statement for all."""
        await self._task.batch_defer_async(*({"wanted_at": one, "body": BODY} for one in wanted_at))

    async def work(self, handle: Handle) -> None:
        """Its own loop."""
        self._handle = handle
        app, _ = self._app(self._concurrency)
        async with app.open_async():
            await app.run_worker_async(
                concurrency=self._concurrency, delete_jobs=self._delete_jobs, install_signal_handlers=False
            )

    async def close(self) -> None:
        """The operating system closes what is open."""

    def _app(self, connections: int) -> tuple[Any, Any]:
        """Procrastinate's app, and its one task."""
        app = App(connector=PsycopgConnector(conninfo=self._url, min_size=connections, max_size=connections))

        async def run(wanted_at: float, body: str) -> None:  # noqa: ARG001 - a job has a body
            self._handle(wanted_at)

        return app, app.task(name="bench")(run)
