"""The timers of all chats: each is put into its chat's mailbox when it is due, and handled in order with the
chat's messages.
"""

import trio
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.supervisors.chats.chats import Chats

log = get_logger("mailroom.timers")

LOOK_SECONDS = 1.0
"""How often due timers are looked for: how late a timer may be."""


async def run_timers(chats: Chats) -> None:
    """Fire what is due, for ever."""
    while True:
        try:
            await run_once(chats)
        except StoreUnavailable as error:
            log.warning("timers_wait", why=str(error))
        await trio.sleep(LOOK_SECONDS)


async def run_once(chats: Chats) -> int:
    """Put the timers that are due now into their mailboxes; returns how many there were."""
    worker = chats.worker
    upcoming = await aio(worker.mailboxes.next_timers, worker.ownership.partitions)
    now_ms = worker.mailboxes.now_ms()
    fired = 0
    for partition, due_ms in upcoming.items():
        if due_ms <= now_ms:
            entries, _ = await aio(worker.mailboxes.fire, partition, worker.ownership.epoch)
            fired += len(entries)
            for chat, entry in entries:
                chats.arrived(chat, entry)
    return fired
