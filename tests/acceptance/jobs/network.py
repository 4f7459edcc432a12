"""A network between a worker and Postgres that can be cut: a Unix socket that forwards to another."""

import asyncio
import contextlib
import threading
from pathlib import Path

SOCKET = ".s.PGSQL.5432"


class Network:
    """Forwards until it is cut (connections end, new ones are refused) or it hangs (nothing moves)."""

    def __init__(self, folder: Path, server_url: str) -> None:
        self._listens_at = folder / SOCKET
        self._server = Path(server_url.partition("host=")[2]) / SOCKET
        self.url = f"{server_url.partition('host=')[0]}host={folder}"
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._listener: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._listen())

    def cut(self) -> None:
        """Nobody gets through, and whoever was connected is not any more."""
        self._do(self._cut())

    def hang(self) -> None:
        """Nothing arrives, and nobody is told."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def heal(self) -> None:
        self._loop.call_soon_threadsafe(self._flowing.set)
        self._do(self._listen())

    def close(self) -> None:
        self._do(self._cut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _do(self, work) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_unix_server(self._forward, self._listens_at)

    async def _cut(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listens_at.unlink(missing_ok=True)
            self._listener = None
        for writer in list(self._open):
            writer.transport.abort()

    async def _forward(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        try:
            far, to_far = await asyncio.open_unix_connection(self._server)
        except OSError:
            to_near.transport.abort()
            return
        self._open |= {to_near, to_far}
        await asyncio.gather(self._pump(near, to_far), self._pump(far, to_near))
        self._open -= {to_near, to_far}

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                await self._flowing.wait()
                sink.write(data)
                await sink.drain()
        sink.transport.abort()
