"""How updates get to us where Telegram cannot reach us: they are fetched, for a developer without a public
address.

Telegram gives a bot's updates to one webhook or to one caller of getUpdates, and answers 409 to whoever comes
second. A webhook that stood before we began is removed; one that somebody sets while we fetch is theirs, and
is waited for. Another caller takes updates away from us and we from it, so both slow down and it is said.
"""

import trio
from aiogram.exceptions import TelegramConflictError
from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.ingress.telegram.bot_api import TROUBLE, pause_after, webhook_stands, why
from mailroom.ingress.telegram.intake import Intake
from mailroom.ingress.telegram.line_state import host_of
from mailroom.ingress.telegram.reached import PAUSE_MAX_SECONDS, PAUSE_SECONDS, WATCH_SECONDS, Line

log = get_logger("mailroom.telegram")

POLL_SECONDS = 25
"""How long Telegram holds a getUpdates call that has nothing to tell."""
CALM_SECONDS = 120.0
"""So long without a conflict, and the other caller is taken to be gone."""


class Poller:
    """Fetches the updates of one bot."""

    def __init__(self, bot: HostedBot, intake: Intake) -> None:
        self._line = Line(bot, intake)
        self.state = self._line.state
        self._bot = bot
        self._offset: int | None = None
        self._began = False
        self._conflict_pause = PAUSE_SECONDS
        self._conflict_at = -CALM_SECONDS

    async def run(self) -> None:
        """Fetch updates for ever."""
        pause = PAUSE_SECONDS
        while True:
            try:
                if not self._began:
                    await self._line.api.delete_webhook()
                    self._began = True
                    log.info("polling", bot=self._bot.name)
                self._offset = await self._line.fetch(self._offset, POLL_SECONDS)
            except TelegramConflictError as error:
                if webhook_stands(error):
                    await self._wait_for_webhook(error)
                else:
                    await self._make_room(error)
            except TROUBLE as error:
                self.state.become("failing", why(error))
                pause_now = pause_after(error, pause)
                log.warning("polling_failed", bot=self._bot.name, why=why(error), again_in_seconds=pause_now)
                await trio.sleep(pause_now)
                pause = min(pause * 2, PAUSE_MAX_SECONDS)
            else:
                pause = PAUSE_SECONDS
                if trio.current_time() - self._conflict_at >= CALM_SECONDS:
                    self._conflict_pause = PAUSE_SECONDS
                    self.state.become("open")

    async def _make_room(self, error: TelegramConflictError) -> None:
        """Somebody else fetches this bot's updates: each of us ends the other's call."""
        self._conflict_at = trio.current_time()
        self.state.become("contested", why(error))
        log.error(
            "polling_conflict", bot=self._bot.name, why=why(error), again_in_seconds=self._conflict_pause,
            note="another program fetches the updates of this bot: end one of the two",
        )  # fmt: skip
        await trio.sleep(self._conflict_pause)
        self._conflict_pause = min(self._conflict_pause * 2, PAUSE_MAX_SECONDS)

    async def _wait_for_webhook(self, error: TelegramConflictError) -> None:
        """Somebody has set a webhook while we fetched: wait until it is gone."""
        if self.state.become("elsewhere", why(error)):
            self.state.lost("replaced")
        said = False
        while True:
            try:
                info = await self._line.api.webhook_info()
            except TROUBLE as trouble:
                log.warning("webhook_not_watched", bot=self._bot.name, why=why(trouble))
            else:
                self.state.told(info)
                if not info.url and said:
                    log.info("webhook_gone", bot=self._bot.name, note="updates are fetched again")
                    return
                if info.url and not said:
                    said = True
                    self.state.become("elsewhere", f"a webhook points at {host_of(info.url)}")
                    log.error(
                        "webhook_elsewhere", bot=self._bot.name, at=host_of(info.url), pending=info.pending,
                        note="another service has set its own; updates are fetched again when that is gone,"
                        " or after a restart",
                    )  # fmt: skip
                elif not info.url:
                    await trio.sleep(PAUSE_SECONDS)  # it came and went
                    return
            await trio.sleep(WATCH_SECONDS)
