"""Who does the jobs of all queues of a process, by the queue."""

from collections.abc import Iterable
from functools import partial

from mailroom.actors.accounts import account_handlers
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.notification import notification_handlers
from mailroom.actors.payment import payment_handlers
from mailroom.actors.people.code import Codes
from mailroom.actors.people.send_code import code_handlers
from mailroom.actors.webpush import webpush_handlers
from mailroom.ops.brought import Brought
from mailroom.storage.postgres import subscriptions


def all_queues(services: BotServices, brought: Brought, bots: Iterable[str]) -> dict[str, Handlers]:
    """Those of the payment accounts, of each room, and of each bot, in the order in which they start."""
    queues: dict[str, Handlers] = {}
    for handlers in [
        account_handlers(services.payments),
        *(payment_handlers(bot, services.payments, brought.purposes) for bot in brought.rooms),
        *brought.handlers,
        *(_notifications(bot, services) for bot in bots),
    ]:
        if handlers.queue in queues:
            queues[handlers.queue].include([handlers])
        else:
            queues[handlers.queue] = handlers
    return queues


def _notifications(bot: str, services: BotServices) -> Handlers:
    """The jobs of a bot's queue: those of web push only with a key."""
    handlers = notification_handlers(bot)
    handlers.include([code_handlers(bot, Codes(services.vault), services.senders)])
    if services.web_push is not None:
        gone = partial(subscriptions.gone, services.database, bot)
        handlers.include([webpush_handlers(bot, services.web_push, gone)])
    return handlers
