"""The side that serves requests: the listener, and how the bots' updates get to it."""

from functools import partial

import trio
from quart_trio import QuartTrio

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.ingress.http.server import listen, run_server
from mailroom.ingress.http.trio_app import TrioApp
from mailroom.ingress.telegram.intake import Intake
from mailroom.ingress.telegram.line_state import LineState
from mailroom.ingress.telegram.polling import Poller
from mailroom.ingress.telegram.reached import Line
from mailroom.ingress.telegram.webhook import Webhook
from mailroom.ops.settings import Settings
from mailroom.supervisors.otp.child import Life, Start

REGISTRATION_WAIT_SECONDS = 5.0
"""How long the start waits for Telegram before it says ready all the same."""


class Front:
    """The listener of a process, and the lines of its bots."""

    def __init__(self, settings: Settings, intake: Intake, webhook: Webhook, app: QuartTrio) -> None:
        self.port = settings.port
        self._settings = settings
        self.intake = intake
        self.webhook = webhook
        self._trio_app = TrioApp(app)
        self._lines: dict[str, LineState] = {}

    async def listen(self, life: Life) -> None:
        """Answer requests until asked to stop, then finish those in progress."""
        config, self.port = listen(self._settings.host, self.port)
        life.details = lambda: {"port": self.port}
        life.started()
        stopped = partial(to_trio, life.stopping.wait)
        await aio(run_server, self._trio_app, config, stopped, self.webhook, self._settings.trusted_proxies)

    @property
    def address(self) -> str:
        """Where a person on this machine reaches us."""
        anywhere = self._settings.host in ("0.0.0.0", "::")  # noqa: S104 - not an address to visit
        return f"http://{'127.0.0.1' if anywhere else self._settings.host}:{self.port}"

    def hold(self, bot: HostedBot) -> None:
        """Take nothing in for a bot until its line is up: what waits at Telegram comes first, in order."""
        bot.watermark.catching_up = True
        self.webhook.closed.add(bot.name)

    def line(self, bot: HostedBot) -> Start:
        """The line of a bot that Telegram sends its updates to: registered, then open until it is stopped."""

        async def live(life: Life) -> None:
            self.hold(bot)
            url = self._settings.public_url or f"http://127.0.0.1:{self.port}"
            secret = self._settings.bots[bot.name].secret
            line = Line(bot, self.intake)
            self._lines[bot.name] = line.state
            life.details = line.state.details
            life.ails = lambda: line.state.trouble
            async with trio.open_nursery() as nursery:
                nursery.start_soon(
                    line.serve, url, secret, partial(self.hold, bot), partial(self._open, bot, life)
                )
                nursery.start_soon(_started_at_last, life)
                await life.stopping.wait()
                self.webhook.closed.add(bot.name)
                nursery.cancel_scope.cancel()

        return live

    def polled_line(self, bot: HostedBot) -> Start:
        """The line of a bot that Telegram cannot reach: its updates are fetched; what is not fetched then
        waits there.
        """

        async def live(life: Life) -> None:
            poller = Poller(bot, self.intake)
            self._lines[bot.name] = poller.state
            life.details = poller.state.details
            life.ails = lambda: poller.state.trouble
            async with trio.open_nursery() as nursery:
                nursery.start_soon(poller.run)
                life.started()
                await life.stopping.wait()
                nursery.cancel_scope.cancel()

        return live

    async def warnings(self) -> dict[str, str]:
        """Lines that bring no updates, for `/readyz`: no reason to restart us, and on-call should know."""
        troubled = {name: line.trouble for name, line in self._lines.items() if line.trouble}
        return {
            f"warning_line_{name}": f"no updates come for {name}: {why}" for name, why in troubled.items()
        }

    def _open(self, bot: HostedBot, life: Life) -> None:
        self.webhook.closed.discard(bot.name)
        bot.watermark.caught_up()
        life.started()


async def _started_at_last(life: Life) -> None:
    await trio.sleep(REGISTRATION_WAIT_SECONDS)
    life.started()
