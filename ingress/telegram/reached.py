"""How updates get from Telegram to us where it can reach us: the webhook's registration, catching up after
downtime, and a watch over what becomes of the registration.

After downtime Telegram delivers a backlog queue by queue, so all texts of a chat come before its taps: 17 %
of near pairs inverted. By getUpdates the same backlog comes in the order of its ids. So a backlog is fetched
before the webhook is set again.

A bot has one webhook, and whoever has the token may point it elsewhere. Nothing tells of that but silence, so
it is looked at every minute: removed, it is put back; pointed at somebody else's address, that is said and
left alone, for two services that take a bot from each other serve nobody.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import trio
from pydantic_core import to_json
from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.providers.telegram import NotAnUpdateError, update_id_in
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.telegram.bot_api import (
    TROUBLE,
    BotApi,
    StrangeAnswerError,
    WebhookInfo,
    pause_after,
    why,
)
from mailroom.ingress.telegram.contest import Contest
from mailroom.ingress.telegram.intake import Intake
from mailroom.ingress.telegram.line_state import LineState, host_of
from mailroom.ingress.telegram.webhook import PATH

log = get_logger("mailroom.telegram")

POLLED_CAP = 100_000
"""Fetched updates cannot be refused one by one; this is as many as Telegram keeps for a whole bot."""
PAUSE_SECONDS = 1.0
PAUSE_MAX_SECONDS = 60.0
WATCH_SECONDS = 60.0
"""How often a webhook is looked at."""
SURE_SECONDS = 15.0
"""A webhook that is gone is looked at again before it counts as removed: another process of ours takes it
away for the seconds in which it fetches a backlog.
"""


class Line:
    """One bot's line to Telegram. `hold` closes its webhook, `reached` opens it."""

    def __init__(self, bot: HostedBot, intake: Intake) -> None:
        self.state = LineState(bot.name)
        self.api = BotApi(bot)
        self._bot = bot
        self._intake = intake
        self._contest = Contest()
        self._leave_alone_until = 0.0

    async def serve(
        self, public_url: str, secret: str, hold: Callable[[], None], reached: Callable[[], None]
    ) -> None:
        """Have Telegram send updates to us, for ever."""
        url = f"{public_url}{PATH}{self._bot.name}"
        await self.register(url, secret, reached)
        while True:
            await trio.sleep(WATCH_SECONDS)
            if await self._is_removed(url):
                hold()
                await self.register(url, secret, reached, unless_taken=True)

    async def register(
        self, url: str, secret: str, reached: Callable[[], None], *, unless_taken: bool = False
    ) -> None:
        """Fetch what is waiting, then have Telegram send updates to us. Tries until it works; `reached` is
        called after the first try. With `unless_taken` another's webhook ends it too.
        """
        pause = PAUSE_SECONDS
        while True:
            try:
                info = await self.api.webhook_info()
                self.state.told(info)
                if unless_taken and info.url and not _same(info.url, url):
                    reached()
                    return
                await self._catch_up(info.pending)
                await self.api.set_webhook(url, secret)
            except TROUBLE as error:
                pause_now = pause_after(error, pause)
                self.state.become("failing", why(error))
                log.warning(
                    "webhook_not_registered", bot=self._bot.name, why=why(error), again_in_seconds=pause_now
                )
                reached()
                await trio.sleep(pause_now)
                pause = min(pause * 2, PAUSE_MAX_SECONDS)
            else:
                self.state.become("open")
                log.info("webhook_registered", bot=self._bot.name, url=url)
                reached()
                return

    async def fetch_waiting(self) -> bool:
        """Fetch what is waiting for a bot whose webhook is its own affair. Returns whether there was any:
        then no webhook is set any more. Raises what `TROUBLE` lists.
        """
        info = await self.api.webhook_info()
        await self._catch_up(info.pending)
        return bool(info.pending)

    async def fetch(self, offset: int | None, wait_seconds: int) -> int | None:
        """Take one batch in, and return where the next begins. Telegram forgets a batch only when the next
        one is asked for.
        """
        updates = await self.api.updates(offset, wait_seconds)
        following = offset
        for update in updates:
            body = update if isinstance(update, bytes) else to_json(update)
            take = partial(self._intake.take, self._bot, body, in_order=True, cap=POLLED_CAP)
            try:
                await aio(take)
            except NotAnUpdateError as error:
                log.error("polled_no_update", bot=self._bot.name, why=str(error))
            if (update_id := update_id_in(body)) is not None:
                following = max(update_id + 1, following or 0)
        if updates and following == offset:
            raise StrangeAnswerError(f"getUpdates gave {len(updates)} updates without a new update_id")
        return following

    async def _catch_up(self, pending: int) -> None:
        if not pending:
            return
        log.info("catching_up", bot=self._bot.name, pending=pending)
        await self.api.delete_webhook()
        offset: int | None = None
        while (following := await self.fetch(offset, 0)) != offset:
            offset = following

    async def _is_removed(self, url: str) -> bool:
        """Look at the webhook once, and say what has become of it. True if it is to be put back now."""
        info = await self._look(url)
        if info is None or info.url or trio.current_time() < self._leave_alone_until:
            return False
        if self._leave_alone_until:
            self._leave_alone_until = 0.0
            log.warning("webhook_tried_again", bot=self._bot.name, pending=info.pending)
            return True
        if self.state.now != "elsewhere":  # else that it was taken has been counted
            await trio.sleep(SURE_SECONDS)
            info = await self._look(url)
            if info is None or info.url:
                return False
            self.state.lost("removed")
        truce = self._contest.lost(trio.current_time())
        if not truce:
            log.warning("webhook_removed", bot=self._bot.name, pending=info.pending, note="it is put back")
            return True
        self._leave_alone_until = trio.current_time() + truce
        self.state.become("contested", "somebody removes the webhook again and again")
        log.error(
            "webhook_contested", bot=self._bot.name, pending=info.pending, again_in_seconds=truce,
            note="somebody removes it again and again: another program has this bot's token",
        )  # fmt: skip
        return False

    async def _look(self, url: str) -> WebhookInfo | None:
        """Where the webhook points now; None when Telegram does not say."""
        try:
            info = await self.api.webhook_info()
        except TROUBLE as error:
            log.warning("webhook_not_watched", bot=self._bot.name, why=why(error))
            return None
        self.state.told(info)
        if _same(info.url, url):
            self._leave_alone_until = 0.0
            self.state.become("open")
        elif info.url and self.state.become("elsewhere", f"the webhook points at {host_of(info.url)}"):
            self.state.lost("replaced")
            log.error(
                "webhook_elsewhere", bot=self._bot.name, at=host_of(info.url), pending=info.pending,
                note="another service has set its own; ours is set again when that is gone, or at a restart",
            )  # fmt: skip
        return info


def _same(one: str, other: str) -> bool:
    """Whether two addresses are one, however they are written."""
    return _parts(one) == _parts(other)


def _parts(url: str) -> tuple[Any, ...]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return (url,)
    return parts.scheme, parts.hostname, port, unquote(parts.path).rstrip("/"), parts.query
