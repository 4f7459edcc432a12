"""Take a bot over: its connection goes through the journal and the limiter, its state into the mailbox.

It stands by itself because it knows no rooms, nor what they may use: a test of a router imports no more.
"""

from aiogram import Bot, Dispatcher

from mailroom.actors.hosting.bot import AS_USUAL, HostedBot
from mailroom.actors.hosting.handling import Handling
from mailroom.actors.hosting.load import RouterError
from mailroom.actors.hosting.replacing_storage import ReplacingStorage
from mailroom.actors.hosting.session import HostedSession
from mailroom.actors.limiter import Limiter
from mailroom.actors.state import CommittedState
from mailroom.ops.faults import StartError
from mailroom.supervisors.parking import Parking


def host(
    name: str,
    bot: Bot,
    dispatcher: Dispatcher,
    committed: CommittedState,
    parking: Parking,
    handling: Handling = AS_USUAL,
    *,
    bundled: bool = False,
) -> HostedBot:
    """Make a bot and its dispatcher, wherever they come from, a hosted one."""
    limiter = Limiter()
    old = bot.session
    session = HostedSession(
        name, limiter, parking.for_bot(name), api=old.api, timeout=old.timeout, json_dumps=old.json_dumps
    )
    session.middleware = old.middleware
    if proxy := getattr(old, "proxy", None):
        session.proxy = proxy
    bot.session = session
    try:
        hosted = HostedBot(
            name,
            bot,
            dispatcher,
            limiter,
            ReplacingStorage(name, committed),
            handling,
            bundled=bundled,
        )
    except RouterError as error:
        raise StartError(f"bots.{name}: {error}") from error
    parking.watch(hosted)
    return hosted
