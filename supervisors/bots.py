"""A bot's life in the tree: what it left behind is brought back, its startup hooks run, it sends its
replies.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import trio

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import Fenced
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.chat_worker import ChatWorker
from mailroom.supervisors.otp.child import Life, Start
from mailroom.supervisors.parking import Parking
from mailroom.supervisors.takeover import Takeover


def bot_life(
    bot: HostedBot,
    bots: Mapping[str, HostedBot],
    chat_worker: ChatWorker,
    parking: Parking,
    takeover: Takeover,
) -> Start:
    """The start function of one bot. Its shutdown hooks run when it is stopped while the chats are ours: a
    lease that was lost for a moment is none of a bot's business.
    """

    async def in_line(chat_id: int, work: Callable[[], Awaitable[Any]]) -> Any:
        return await chat_worker.run_in_line(Chat(bot.name, str(chat_id)), work)

    async def live(life: Life) -> None:
        await aio(parking.restore, bot.name)
        try:
            await aio(takeover.run, bot, list(bots.values()), chat_worker.ownership.epoch)
        except Fenced as error:
            chat_worker.ownership.give_up(error.epoch)
            raise
        await aio(bot.start, in_line)
        life.started()
        try:
            await life.stopping.wait()
        finally:
            if chat_worker.ownership.held:
                with trio.CancelScope(shield=True):
                    await aio(bot.stop)

    return live
