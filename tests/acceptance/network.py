"""A network between a process and a store that can be cut: a Unix socket that forwards to another."""

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Self
from urllib.parse import quote, unquote, urlsplit

POSTGRES_SOCKET = ".s.PGSQL.5432"


class Network:
    """Forwards until it is cut (connections end, new ones are refused) or it hangs (nothing moves), or loses
    an answer. `url` is the way to the store through it.
    """

    def __init__(self, near: Path, far: Path, url: str) -> None:
        self.url = url
        self._listens_at = near
        self._server = far
        self._lost: bytes | None = None
        self._losing = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._listener: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._listen())

    @classmethod
    def to_postgres(cls, folder: Path, url: str) -> Self:
        """A way to a Postgres on a Unix socket, through this folder."""
        beginning, _, server = url.partition("host=")
        return cls(folder / POSTGRES_SOCKET, Path(server) / POSTGRES_SOCKET, f"{beginning}host={folder}")

    @classmethod
    def to_redis(cls, folder: Path, url: str) -> Self:
        """A way to a Redis on a Unix socket, through this folder."""
        near, far = folder / "far-redis.sock", urlsplit(url)
        return cls(near, Path(unquote(far.path)), f"unix://{quote(str(near))}?{far.query}")

    def cut(self) -> None:
        """Nobody gets through, and whoever was connected is not any more."""
        self._do(self._cut())

    def hang(self) -> None:
        """Nothing arrives, and nobody is told."""
        self._loop.call_soon_threadsafe(self._flowing.clear)

    def lose_answer(self, words: bytes) -> threading.Event:
        """The store does what it is asked, but the next answer with these words in it is lost, and its
        connection breaks. The event is set when that has happened.
        """
        self._losing, self._lost = threading.Event(), words
        return self._losing

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
        await asyncio.gather(self._pump(near, to_far), self._pump(far, to_near, answers=True))
        self._open -= {to_near, to_far}

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                await self._flowing.wait()
                if answers and self._lost is not None and self._lost in data:
                    self._lost = None
                    self._losing.set()
                    break
                sink.write(data)
                await sink.drain()
        sink.transport.abort()
