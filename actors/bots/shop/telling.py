"""Events for a customer's chat, as jobs that exist if and only if what they tell of has happened."""

from mailroom.actors.bots.shop.events import TURNED, AboutOrder
from mailroom.actors.bots.shop.jobs.kinds import PATIENT
from mailroom.actors.events import NewEvent
from mailroom.actors.jobs.notify import NOTIFY, event
from mailroom.storage.postgres.outbox.job import NewJob

TELL = NOTIFY.with_patience(PATIENT)


def event_job(bot: str, chat_id: int, told: NewEvent) -> NewJob:
    """An event into a chat, handled in order with its messages."""
    return event(bot, chat_id, *told, kind=TELL)


def turned_jobs(bot: str, chat_id: int, number: int) -> list[NewJob]:
    """The event that follows from every change of how an order stands, but for its delivery, which the
    receipt follows. It does not say which: whoever handles it reads how the order stands by then, and so it
    never goes back. None where the order is nobody's any more.
    """
    return [event_job(bot, chat_id, TURNED(AboutOrder(order=number)))] if chat_id else []
