"""Events for a customer's chat, as jobs that exist if and only if what they tell of has happened."""

from mailroom.actors.bots.shop.events import TURNED, AboutOrder
from mailroom.actors.bots.shop.jobs.kinds import PATIENT
from mailroom.actors.events import NewEvent
from mailroom.actors.jobs.notify import NOTIFY, event
from mailroom.actors.jobs.transaction import Transaction
from mailroom.storage.postgres.outbox.job import NewJob

TELL = NOTIFY.with_patience(PATIENT)


def event_job(bot: str, chat_id: int, told: NewEvent) -> NewJob:
    """An event into a chat, handled in order with its messages."""
    return event(bot, chat_id, *told, kind=TELL)


async def tell_turned(tx: Transaction, chat_id: int, number: int) -> None:
    """Tell that an order stands differently now; of its delivery the receipt tells. The event does not say
    how: whoever handles it reads how the order stands by then, and so it never goes back. Nobody is told
    where the order is nobody's any more.
    """
    if chat_id:
        await tx.tell(chat_id, TURNED(AboutOrder(order=number)))
