"""One hosted bot: its aiogram dispatcher and everything its chats share. The actors call `handle`; nothing
here knows of actors.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import Update
from pydantic_core import from_json
from structlog import get_logger

from actors.hosting.events import OBSERVER, ChatEvent, dispatch_event
from actors.hosting.inline import inline_filters
from actors.limiter import Limiter
from actors.order import Watermark
from actors.providers.telegram import ALLOWED_UPDATES_ALWAYS
from actors.state import ActorIsolation, ActorStorage
from actors.turn import Turn

log = get_logger("mailroom.bot")

APOLOGY = {
    "ru": "Что-то пошло не так, и я не смог ответить на это сообщение. Мы уже знаем об этом."
    " Попробуйте ещё раз чуть позже.",
    "en": "Something went wrong and I could not answer that message. We know about it."
    " Please try again a little later.",
}
SHED_NOTICE = {
    "ru": "Слишком много сообщений сразу: часть из них я не прочитал. Напишите ещё раз, когда я отвечу.",
    "en": "Too many messages at once: some of them I did not read. Please write again once I have answered.",
}

Synthetic = Callable[[int, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Runs work in line with the messages of a chat, given by its id."""


class HostedBot:
    """A bot's dispatcher, its connection to Telegram, its limits and its order."""

    def __init__(
        self,
        name: str,
        bot: Bot,
        dispatcher: Dispatcher,
        limiter: Limiter,
        storage: ActorStorage,
        *,
        fast: bool = False,
        shed: bool = False,
    ) -> None:
        self.name = name
        self.bot = bot
        self.dispatcher = dispatcher
        self.limiter = limiter
        self.watermark = Watermark()
        self.fast = fast
        self.shed = shed
        self._synthetic: Synthetic | None = None
        dispatcher.fsm.storage = storage
        dispatcher.fsm.events_isolation = ActorIsolation()
        self._propagate = dispatcher.propagate_event
        dispatcher.propagate_event = self._propagate_in_line  # type: ignore[method-assign]

    async def start(self, synthetic: Synthetic) -> None:
        """Run the bot's startup hooks. `synthetic` takes what a library makes up in the background."""
        self._synthetic = synthetic
        await self.dispatcher.emit_startup(**self._workflow())
        inline_filters(self.dispatcher)

    async def stop(self) -> None:
        """Run the bot's shutdown hooks and close its connections."""
        await self.dispatcher.emit_shutdown(**self._workflow())
        await self.bot.session.close()

    async def handle(self, turn: Turn) -> bool:
        """Let the bot work on the turn's message. Returns whether any handler wanted it; raises what the
        handler raised.
        """
        entry = turn.entry
        if entry is None:
            raise ValueError("a turn without a message has nothing to dispatch")
        content = from_json(entry.payload)
        extras = {"turn": turn, "bots": [self.bot], **self.dispatcher.workflow_data}
        if entry.kind == "event":
            event = ChatEvent(name=content["name"], data=content["data"], chat_id=turn.chat_id).as_(self.bot)
            response = await dispatch_event(self.dispatcher, self.bot, event, extras)
        else:
            update = Update.model_validate(content, context={"bot": self.bot})
            response = await self.dispatcher.feed_update(self.bot, update, **extras)
        if isinstance(response, TelegramMethod):
            await self._answer(response)
        return response is not UNHANDLED

    async def apologise(self, turn: Turn, notice: Mapping[str, str] = APOLOGY) -> None:
        """Tell the user, in their language, that their message was not answered. A user who cannot be told is
        left alone.
        """
        if turn.entry is None or turn.entry.kind == "event":
            return
        try:
            content = from_json(turn.entry.payload)
            sender = content[turn.entry.kind].get("from", {}) if turn.entry.kind in content else {}
            language = "ru" if str(sender.get("language_code", "")).startswith("ru") else "en"
            await self.bot(SendMessage(chat_id=turn.chat_id, text=notice[language], parse_mode=None))
        except (TelegramAPIError, ValueError, AttributeError) as error:
            log.warning("apology_not_delivered", chat=str(turn.chat), error=str(error))

    def allowed_updates(self) -> list[str]:
        """The update kinds to ask Telegram for: what the bot has handlers for, and what every conversation
        needs.
        """
        used = self.dispatcher.resolve_used_update_types(skip_events={OBSERVER, "aiogd_update"})
        return sorted({*used, *ALLOWED_UPDATES_ALWAYS})

    async def _answer(self, method: TelegramMethod[Any]) -> None:
        """Execute a method that the handler returned, as Telegram does with the answer to a webhook: its
        errors have no reader.
        """
        try:
            await self.bot(method)
        except TelegramAPIError as error:
            log.warning(
                "returned_method_failed", bot=self.name, method=method.__api_method__, error=str(error)
            )

    async def _propagate_in_line(self, update_type: str, event: Any, **data: Any) -> Any:
        """Updates that a library makes up in a background task (aiogram_dialog) are run by the chat's actor,
        in line with its messages.
        """
        if update_type != "update" or self._synthetic is None:
            return await self._propagate(update_type, event, **data)
        chat = data.get("event_chat") or data.get("event_from_user")
        return await self._synthetic(
            chat.id if chat else 0, lambda: self._propagate(update_type, event, **data)
        )

    def _workflow(self) -> dict[str, Any]:
        # What aiogram's own start_polling passes to the hooks.
        workflow = {
            "dispatcher": self.dispatcher,
            "bots": [self.bot],
            **self.dispatcher.workflow_data,
            "bot": self.bot,
        }
        workflow.pop("router", None)
        return {**workflow, "router": self.dispatcher}


def dispatcher_of(router: Router, data: Mapping[str, Any]) -> Dispatcher:
    """A dispatcher around a bot's router, or the bot's own; `data` is offered to its handlers where they do
    not bring the same name.
    """
    dispatcher = router if isinstance(router, Dispatcher) else Dispatcher()
    if router is not dispatcher:
        dispatcher.include_router(router)
    for name, value in data.items():
        dispatcher.workflow_data.setdefault(name, value)
    return dispatcher
