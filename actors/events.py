"""A kind of event for a chat: a value that says what its events are called, and what they carry.

    DELIVERED = Event("shop.delivered", AboutOrder)

    await context.put_event(bot, chat, *DELIVERED(AboutOrder(order=1042)))   # whoever tells
    chat_event(router, DELIVERED.name)(delivered)                            # whoever is told,
    about = DELIVERED.read(event.data)                                       # and reads it there

Like a kind of job it imports nothing of those who handle it, and calling it is what makes one, checked.
"""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from pydantic import BaseModel

D = TypeVar("D", bound=BaseModel)


class EventError(ValueError):
    """There is no such event of this kind; the message says why. A mistake in the program."""


class NewEvent(NamedTuple):
    """An event to put into a chat's mailbox: its name, and what it carries, as text."""

    name: str
    data: str


@dataclass(frozen=True, slots=True)
class Event(Generic[D]):
    """A kind of event. Events wait in mailboxes: a name that changes leaves them to nobody."""

    name: str
    model: type[D]
    """What its events carry. New fields need a default: events from before a release are handled after it."""

    def __call__(self, data: D) -> NewEvent:
        """One to be put. Raises `EventError` for what is not of this kind."""
        if not isinstance(data, self.model):
            raise EventError(
                f"an event {self.name} carries {self.model.__name__}, and was given {type(data).__name__}"
            )
        return NewEvent(self.name, data.model_dump_json(by_alias=True))

    def read(self, data: str) -> D:
        """What one carries."""
        return self.model.model_validate_json(data)
