"""Whom the load test writes to: the service's webhook, and the simulator where the replies come out."""

import random
import time
from dataclasses import dataclass
from typing import Any

import aiohttp

from mailroom.actors.providers.telegram import SECRET_HEADER
from mailroom.ops import configuration
from mailroom.ops.flood.plan import Plan
from mailroom.ops.settings import TELEGRAM_API_BASE, Settings

PROBE_SECONDS = 5.0
FIRST_CHAT_ID_MIN, FIRST_CHAT_ID_MAX = 10**12, 4 * 10**15
"""Beyond the ids of people today and within the 52 bits that Telegram allows: nobody else's chats."""


class CannotFloodError(Exception):
    """The load test cannot begin; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to write, and where to look for replies (None: they cannot be seen)."""

    bot: str
    webhook: str
    secret: str
    simulator: str | None
    first_update_id: int
    first_chat_id: int
    remark: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What Telegram sends with every update."""
        return {SECRET_HEADER: self.secret, "Content-Type": "application/json"}


async def find_target(plan: Plan, session: aiohttp.ClientSession) -> Target:
    """Complete the plan from the settings, and try the service out without leaving a trace."""
    settings = configuration.load(plan.config)
    url = (plan.url or f"http://{_reachable(settings.host)}:{settings.port}").rstrip("/")
    bot = plan.bot or _only_bot(settings)
    known = settings.bots.get(bot)
    secret = plan.secret if plan.secret is not None else known.secret if known else None
    if secret is None:
        names = ", ".join(settings.bots)
        raise CannotFloodError(f"the settings know no bot {bot!r} (but {names}): give --bot or --secret")
    webhook = f"{url}/webhook/telegram/{bot}"
    await _probe(session, webhook, secret, bot)
    simulator = (plan.simulator or _simulator(settings) or "").rstrip("/") or None
    remark = "" if simulator else "replies go to the real Telegram and cannot be seen from here"
    if simulator is not None and not await _answers(session, simulator):
        if plan.simulator is not None:
            raise CannotFloodError(f"no simulator answers at {simulator}")
        simulator, remark = None, f"no simulator answers at {simulator}: replies cannot be seen (--simulator)"
    first_update_id = None
    if simulator is not None and known is not None:
        first_update_id = await _reserve(session, simulator, known.token, plan.messages)
    return Target(
        bot,
        webhook,
        secret,
        simulator,
        first_update_id or int(time.time() * 1000),
        random.randrange(FIRST_CHAT_ID_MIN, FIRST_CHAT_ID_MAX),
        remark,
    )


def _only_bot(settings: Settings) -> str:
    if len(settings.bots) != 1:
        raise CannotFloodError(f"there are several bots: give --bot, one of {', '.join(settings.bots)}")
    return next(iter(settings.bots))


async def _probe(session: aiohttp.ClientSession, webhook: str, secret: str, bot: str) -> None:
    """Post what is no update: a service that knows the bot and the secret refuses it with 400."""
    try:
        timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
        headers = {SECRET_HEADER: secret}
        async with session.post(webhook, data=b"{}", headers=headers, timeout=timeout) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError) as error:
        why = str(error) or "no answer"
        raise CannotFloodError(f"the service cannot be reached at {webhook}: {why}") from None
    if status == 401:
        raise CannotFloodError(f"the service refuses the secret of bot {bot!r}: give --secret or --config")
    if status == 404:
        raise CannotFloodError(f"the service has no bot {bot!r}: give --bot")
    if status != 400:
        raise CannotFloodError(f"this does not look like Mailroom: {webhook} answered {status} to a probe")


async def _answers(session: aiohttp.ClientSession, simulator: str) -> bool:
    try:
        timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
        async with session.get(f"{simulator}/sim/faults", timeout=timeout) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def _reserve(session: aiohttp.ClientSession, simulator: str, token: str, count: int) -> int | None:
    """Take the next ids from the simulator's own sequence: what its users write meanwhile comes later."""
    async with session.get(f"{simulator}/sim/delivery", params={"token": token}) as answer:
        state: dict[str, Any] = await answer.json()
    if answer.status != 200:
        return None
    first = int(state["bots"][token]["next_update_id"])
    moved = {"token": token, "next_update_id": first + count}
    async with session.post(f"{simulator}/sim/delivery", json=moved) as answer:
        return first if answer.status == 200 else None


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - any address is not one to visit


def _simulator(settings: Settings) -> str | None:
    if settings.telegram_api_base != TELEGRAM_API_BASE:
        return settings.telegram_api_base
    # Where `mailroom up` puts the one of the demo.
    return f"http://127.0.0.1:{min(settings.port + 1, 65535)}" if settings.demo else None
