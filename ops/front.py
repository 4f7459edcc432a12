"""The side that faces the world: the listener, and how the bots' updates get to it."""

from functools import partial

import trio
from hypercorn.config import Config

from actors.hosting.bot import HostedBot
from actors.runtime.bridge import aio, to_trio
from ingress.app import create_app
from ingress.gate import Gate
from ingress.http1 import answer_webhooks
from ingress.intake import Intake
from ingress.server import listen, run_server
from ingress.telegram import Line
from ingress.webhook import Webhook
from ops.settings import Settings
from supervisors.readiness import Readiness

REGISTRATION_WAIT_SECONDS = 5.0
"""How long the start waits for Telegram before it says ready all the same."""


class Front:
    """The listener of a process. Making it opens the port."""

    def __init__(
        self, settings: Settings, intake: Intake, readiness: Readiness, chat_page: str | None
    ) -> None:
        self._settings = settings
        self._config: Config
        self._config, self.port = listen(settings.host, settings.port)
        self._intake = intake
        self._webhook = Webhook(intake, {name: one.secret for name, one in settings.bots.items()})
        answer_webhooks(self._webhook)
        what = {name: one.bot or one.router or "" for name, one in settings.bots.items()}
        shown: dict[str, object] = {"bots": what, "chat_page": chat_page}
        self._gate = Gate(create_app(readiness.check, self._webhook, shown))

    async def serve(self, stopping: trio.Event, done: trio.Event) -> None:
        """Answer requests until `stopping`, then finish those in progress and set `done`."""
        try:
            await aio(run_server, self._gate, self._config, partial(to_trio, stopping.wait))
        finally:
            done.set()

    @property
    def public_url(self) -> str | None:
        """Where Telegram reaches us; None where it cannot, and the bots are polled."""
        if not self._settings.reachable:
            return None
        return self._settings.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """Where a person on this machine reaches us."""
        anywhere = self._settings.host in ("0.0.0.0", "::")  # noqa: S104 - not an address to visit
        return f"http://{'127.0.0.1' if anywhere else self._settings.host}:{self.port}"

    def hold(self, bot: HostedBot) -> None:
        """Hold a bot's webhook and its chats until what waits at Telegram has been fetched in order."""
        if self.public_url is not None:
            bot.watermark.catching_up = True
            self._webhook.closed.add(bot.name)

    async def register(self, nursery: trio.Nursery, bots: list[HostedBot]) -> None:
        """Have Telegram send us the bots' updates; goes on in the background where that takes long."""
        if self.public_url is None:
            return
        waiting = []
        for bot in bots:
            reached = trio.Event()
            waiting.append(reached)
            secret = self._settings.bots[bot.name].secret
            line = Line(bot, self._intake)
            nursery.start_soon(line.register, self.public_url, secret, partial(self._release, bot, reached))
        with trio.move_on_after(REGISTRATION_WAIT_SECONDS):
            for event in waiting:
                await event.wait()

    def _release(self, bot: HostedBot, reached: trio.Event) -> None:
        self._webhook.closed.discard(bot.name)
        bot.watermark.caught_up()
        reached.set()


async def poll(bot: HostedBot, intake: Intake, stopping: trio.Event) -> None:
    """Fetch a bot's updates until the service begins to stop; what is not fetched then waits at Telegram."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(Line(bot, intake).poll)
        await stopping.wait()
        nursery.cancel_scope.cancel()
