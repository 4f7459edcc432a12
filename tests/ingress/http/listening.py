"""The listener of a process, for a client in a thread that writes to it byte by byte."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TypeVar

import trio
from pydantic_core import from_json

from mailroom.actors.providers.telegram import NotAnUpdateError
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.ingress.app import create_app
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from mailroom.ingress.telegram.webhook import Webhook

T = TypeVar("T")
BOT, SECRET = "shop", "secret"
PATH = f"/webhook/telegram/{BOT}"
SECONDS_MAX = 60


class Taken:
    """Takes updates in, and remembers them."""

    def __init__(self) -> None:
        self.receivers = {BOT: SimpleNamespace(name=BOT)}
        self.bodies: list[bytes] = []

    async def take(self, _receiver: object, body: bytes) -> str:
        try:
            from_json(body)
        except ValueError as error:
            raise NotAnUpdateError(str(error)) from None
        self.bodies.append(body)
        return "accepted"


class Listening:
    """A listener with a bot behind it, for the time of a call."""

    def __init__(self) -> None:
        self.taken = Taken()
        self.trusted_proxies: tuple[str, ...] = ()
        self.webhook = Webhook(self.taken, {BOT: SECRET})  # type: ignore[arg-type]
        self.app = create_app(None, self.webhook, {"bots": {}})  # type: ignore[arg-type]

    def to(self, client: Callable[[int], T]) -> T:
        """Have a client that blocks talk to the port, and return what it found."""
        config, port = listen("127.0.0.1", 0)
        stop = trio.Event()

        async def main() -> T:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(
                    partial(
                        aio,
                        run_server,
                        TrioApp(self.app),
                        config,
                        partial(to_trio, stop.wait),
                        self.webhook,
                        self.trusted_proxies,
                    )
                )
                with trio.fail_after(SECONDS_MAX):
                    found = await trio.to_thread.run_sync(client, port, abandon_on_cancel=True)
                stop.set()
                return found

        return host.run(main)


def descriptors() -> int:
    """Files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))
