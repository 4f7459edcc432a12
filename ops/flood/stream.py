"""The messages of a load test in the order they go out, duplicates among them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from mailroom.ops.flood.plan import Plan

AGAIN_AFTER_MAX = 20
"""A duplicate follows within so many messages: Telegram's own come soon or not at all."""


@dataclass(slots=True)
class Message:
    """One message, and what became of it."""

    update_id: int
    chat_id: int
    number: int
    """Its number in its chat, from 1."""
    text: str
    sent_at: float = 0.0
    accepted: bool = False
    ack_seconds: float = 0.0
    taken_from: float = 0.0
    """When the request began that the service took it with, and when its answer came."""
    taken_at: float = 0.0
    came_back: bool = False
    """It was refused, or its connection broke, before it was taken."""


def messages(plan: Plan, first_update_id: int, first_chat_id: int) -> Iterator[Message]:
    """The chats take turns; update ids are consecutive, as Telegram's are."""
    for place in range(plan.messages):
        chat, number = place % plan.chats, place // plan.chats + 1
        text = plan.text.replace("{n}", str(number)).replace("{chat}", str(chat + 1))
        yield Message(first_update_id + place, first_chat_id + chat, number, text)


def with_duplicates(originals: Iterator[Message], share: float, chance: random.Random) -> Iterator[Message]:
    """The same with some messages coming a second time a little later; a duplicate is the same object."""
    due: list[tuple[int, Message]] = []
    for place, message in enumerate(originals):
        yield message
        if chance.random() < share:
            due.append((place + chance.randint(0, AGAIN_AFTER_MAX), message))
        ripe = [again for when, again in due if when <= place]
        due = [(when, again) for when, again in due if when > place]
        yield from ripe
    yield from (again for _, again in due)
