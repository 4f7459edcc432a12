"""Delivery: what a customer gets for their money, and what others are to be told of it.

What is delivered is the bots' business: each brings the handlers of its jobs. How it is done at most once
they are given here, by one way for each kind of effect:

    rows of our database      async with context.ending() as connection: ...
    an outside system         give it context.idempotency_key
    a message into the chat   await context.put_event(bot, chat, "delivered", ...), then return
"""

from collections.abc import Iterable

from mailroom.actors.jobs.actor import JobActor
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.limits import Limits

QUEUE = "delivery"


class DeliveryActor(JobActor):
    """The queue of deliveries."""

    queue = QUEUE
    limits = Limits(concurrency=200, connections_max=8)


def delivery_handlers(brought: Iterable[Handlers] = ()) -> Handlers:
    """The jobs of this queue, as the bots bring them."""
    handlers = Handlers(QUEUE)
    handlers.include(brought)
    return handlers
