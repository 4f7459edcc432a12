"""Whether a message is to blame for a failure, and how long it waits for what it is not to blame for."""

from aiogram.exceptions import TelegramRetryAfter

from mailroom.actors.hosting.answers import believable
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.errors import Owner
from mailroom.actors.policy import Policy
from mailroom.storage.redis.mailbox import Begun

OUTAGE_PAUSE_SECONDS = 1.0
"""The pause after Telegram failed to answer; it doubles with each failure in a row."""
OUTAGE_PAUSE_DOUBLINGS_MAX = 16
"""Past any longest pause."""
OUTAGES_MAX = 5
OUTAGES_SECONDS_MAX = 300.0
"""From the fifth outage of one message on, or five minutes after its first, it is asked whether there is one:
a message may be what nobody can deliver.
"""
NOT_THE_MESSAGES = (Owner.BOT, Owner.OUTSIDE, Owner.US, Owner.WAIT)
"""Whose failures a message waits out without being blamed."""


async def is_to_blame(bot: HostedBot, owner: Owner, begun: Begun, *, called_at: float, now_ms: int) -> bool:
    """Whether a message whose failure belongs to `owner` is to blame for it. One that met with outages again
    and again is, after all, where Telegram has done something else for the bot since the call that failed (at
    `called_at` by the loop's clock), or does when it is asked.
    """
    if owner not in NOT_THE_MESSAGES:
        return True
    age_ms = now_ms - begun.outage_since_ms if begun.outage_since_ms else 0
    # A hold lasts as long as it lasts: only how often a message ran into one says something of it.
    is_old = owner is Owner.OUTSIDE and age_ms >= OUTAGES_SECONDS_MAX * 1000
    if owner not in (Owner.OUTSIDE, Owner.BOT) or not (is_old or begun.outages + 1 >= OUTAGES_MAX):
        return False
    return bot.answered_since(called_at) or await bot.is_known()


def pause_after(error: BaseException, outages: int, policy: Policy) -> float:
    """How many seconds a message waits for what it is not to blame for."""
    if isinstance(error, TelegramRetryAfter):
        return believable(getattr(error, "retry_after", None))  # a bot may raise one of its own making
    return min(
        OUTAGE_PAUSE_SECONDS * 2.0 ** min(outages, OUTAGE_PAUSE_DOUBLINGS_MAX), policy.backoff_max_seconds
    )
