"""What reaches a bot besides Telegram's updates: timers that came due and events from the outbox, in order
with the chat's messages.

@chat_event(router, "reminder")
async def remind(event: ChatEvent, bot: Bot, state: FSMContext) -> None: ...
"""

from collections.abc import Callable
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.types import TelegramObject

OBSERVER = "chat_event"


class ChatEvent(TelegramObject):
    """An event for one chat: its name, and the data its sender gave it."""

    name: str
    data: str
    chat_id: int


def chat_event(router: Router, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a handler for the events of this name."""
    if OBSERVER not in router.observers:
        router.observers[OBSERVER] = TelegramEventObserver(router=router, event_name=OBSERVER)

    def named(event: ChatEvent) -> bool:
        return event.name == name

    return router.observers[OBSERVER](named)


async def dispatch_event(dispatcher: Dispatcher, bot: Bot, event: ChatEvent, extras: dict[str, Any]) -> Any:
    """Hand an event to the handler registered for it, with the state of the private chat that it is for.
    UNHANDLED if there is none.
    """
    state = dispatcher.fsm.resolve_context(bot, event.chat_id, event.chat_id)
    context = {
        "state": state,
        "raw_state": await state.get_state() if state else None,
        "fsm_storage": dispatcher.fsm.storage,
    }
    data = {"dispatcher": dispatcher, **dispatcher.workflow_data, **extras, **context, "bot": bot}
    return await dispatcher.propagate_event(OBSERVER, event, **data)
