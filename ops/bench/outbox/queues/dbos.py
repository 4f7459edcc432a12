"""DBOS: workflows without steps on a queue, async, polled every 50 ms instead of every second."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from dbos import DBOS, DBOSClient  # type: ignore[import-not-found, unused-ignore]

from mailroom.ops.bench.outbox.queue import BODY, Handle

QUEUE = "bench"
WORKFLOW = "bench"
CONNECTIONS_MAX = 10


class Adapter:
    """DBOS with a `polling_seconds` and a `concurrency`."""

    def __init__(self, url: str, *, polling_seconds: float, concurrency: int) -> None:
        self._url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        self._polling_seconds = polling_seconds
        self._concurrency = concurrency
        self._handle: Handle = lambda _: None

        async def run(wanted_at: float, body: str) -> None:  # noqa: ARG001 - a job has a body
            self._handle(wanted_at)

        DBOS.workflow(name=WORKFLOW)(run)

    async def prepare(self) -> None:
        """Its migrations run when it is launched."""
        await asyncio.to_thread(self._launch)
        await asyncio.to_thread(DBOS.destroy)

    async def open(self) -> None:
        """Connect a client, with as many threads as connections: its calls are made in threads."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(CONNECTIONS_MAX))
        self._client = await asyncio.to_thread(
            DBOSClient, system_database_url=self._url, system_database_pool_size=CONNECTIONS_MAX
        )

    async def enqueue(self, wanted_at: float) -> None:
        """One workflow."""
        await self._client.enqueue_async({"workflow_name": WORKFLOW, "queue_name": QUEUE}, wanted_at, BODY)

    async def enqueue_batch(self, wanted_at: Sequence[float]) -> None:
        """It has no batches: one by one, as many at once as there are connections."""
        for start in range(0, len(wanted_at), CONNECTIONS_MAX):
            await asyncio.gather(*(self.enqueue(one) for one in wanted_at[start : start + CONNECTIONS_MAX]))

    async def work(self, handle: Handle) -> None:
        """Its own threads."""
        self._handle = handle
        await asyncio.to_thread(self._launch)
        try:
            await asyncio.Event().wait()
        finally:
            DBOS.destroy(workflow_completion_timeout_sec=0)

    async def close(self) -> None:
        """The operating system closes what is open."""

    def _launch(self) -> None:
        DBOS(
            config={
                "name": "bench",
                "system_database_url": self._url,
                "sys_db_pool_size": CONNECTIONS_MAX,
                "log_level": "WARNING",
                "application_version": "1",
            }
        )
        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=self._concurrency, polling_interval_sec=self._polling_seconds
        )
