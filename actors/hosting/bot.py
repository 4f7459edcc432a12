"""One hosted bot: its aiogram dispatcher and everything its chats share. The actors call `handle`; nothing
here knows of actors.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from types import EllipsisType
from typing import Any, cast

from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED, CancelHandler, SkipHandler
from aiogram.exceptions import AiogramError
from aiogram.methods import GetMe, SendMessage, TelegramMethod
from aiogram.types import Update
from pydantic_core import from_json
from structlog import get_logger

from mailroom.actors import away
from mailroom.actors.hosting.callbacks import counted
from mailroom.actors.hosting.errors import OWNERS, NotUrgent
from mailroom.actors.hosting.events import OBSERVER, ChatEvent, dispatch_event
from mailroom.actors.hosting.handling import Handling
from mailroom.actors.hosting.hold import Hold
from mailroom.actors.hosting.load import OUR_DISPATCHER, is_ours
from mailroom.actors.hosting.moved import MOVED, Moving
from mailroom.actors.hosting.notice import Addressee, addressee_of
from mailroom.actors.hosting.session import HostedSession
from mailroom.actors.hosting.shared import SharedDispatcher, Synthetic
from mailroom.actors.hosting.throttle import arrival
from mailroom.actors.hosting.urgent import is_taken_for_urgent
from mailroom.actors.limiter import Limiter
from mailroom.actors.order import Watermark
from mailroom.actors.owners import Fault, Owner, Row, fault_in
from mailroom.actors.providers.telegram import ALLOWED_UPDATES_ALWAYS
from mailroom.actors.state import ActorStorage
from mailroom.actors.turn import Turn
from mailroom.storage.clock import REAL_TIME
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.entry import Entry

log = get_logger("mailroom.bot")

APOLOGY = {
    "ru": "Что-то пошло не так, и ответить на это сообщение не получилось. Мы уже знаем об этом."
    " Попробуйте ещё раз чуть позже.",
    "en": "Something went wrong, and your message could not be answered. We already know about it."
    " Please try again a little later.",
}
SHED_NOTICE = {
    "ru": "Слишком много сообщений сразу: часть из них не прочитана. Дождитесь ответа и напишите ещё раз.",
    "en": "Too many messages at once: some were not read. Please wait for an answer, then write again.",
}
PROBE_SECONDS = 10
"""How long `getMe` may take where it is asked only whether Telegram is there and knows the bot."""
MADE_UP = frozenset({OBSERVER, "aiogd_update"})
"""Kinds of updates that we and aiogram_dialog make up: Telegram knows nothing of them."""


KINDS = frozenset(Update.model_fields) | {"event"}
"""What a bot answers, as metrics name it."""

AS_USUAL = Handling()


class HostedBot:
    """A bot's dispatcher, its connection to Telegram, its limits and its order."""

    owners: Sequence[Row] = OWNERS
    """What calls to the other side of the bot may raise, and whose it is."""

    def __init__(
        self,
        name: str,
        bot: Bot,
        dispatcher: Dispatcher,
        limiter: Limiter,
        storage: ActorStorage,
        handling: Handling = AS_USUAL,
        *,
        bundled: bool = False,
    ) -> None:
        self.name = name
        self.bundled = bundled
        """Whether the stores that its handlers ask are ours: a stranger's bot may have some of its own."""
        self.id = bot.id
        """Telegram's number of it, which its token begins with."""
        self.clock = REAL_TIME
        """What time it is for it: that of its room, where it has one."""
        self.plain_ids_until_ms = 0
        """Until when updates of it may be remembered without that number, by a version that did so."""
        self.bot = bot
        self.dispatcher = dispatcher
        self.limiter = limiter
        self.storage = storage
        self.watermark = Watermark()
        self.hold = Hold()
        self._asking: asyncio.Future[bool] | None = None
        self.fast = handling.fast
        self.shed = handling.shed
        self.parks = handling.parks
        """Whether a chat waits for on-call after a message of its died."""
        self.asked_for: list[str] | EllipsisType | None = ...
        """What the bot's own code wants for `allowed_updates`, where it says so."""
        self.fed_by_script = False
        """Whether a web server of the bot's own takes its updates: then its line to Telegram is its own."""
        self.moving: Moving | None = None
        """Who looks after groups that became supergroups, where somebody does."""
        self.shared = SharedDispatcher.of(dispatcher)
        self.apart = handling.apart or self.shared.brought_isolation
        """Whether the parts of an album are messages like any other: a dispatcher with an isolation of its
        own has them one after another on stock aiogram too.
        """
        self.shared.add(bot, storage)

    async def start(self, synthetic: Synthetic) -> None:
        """Run the bot's startup hooks. `synthetic` takes what a library makes up in the background."""
        await self.shared.start(self.bot, synthetic)

    async def stop(self) -> None:
        """Run the bot's shutdown hooks and close its connections. It may be started again."""
        try:
            await self.shared.stop(self.bot)
        finally:
            await self.bot.session.close()

    def let_go(self) -> None:
        """Leave its dispatcher as it was found: the bot will not be started here again."""
        self.shared.let_go()

    async def handle(self, turn: Turn) -> bool:
        """Let the bot work on the turn's message. Returns whether any handler wanted it; raises what the
        handler raised.
        """
        turn.clock = self.clock
        entry = turn.entry
        if entry is None:
            raise ValueError("a turn without a message has nothing to dispatch")
        content = _read(entry)
        if is_taken_for_urgent(entry) and entry.kind not in self.urgent_kinds:
            raise NotUrgent  # an earlier version of the bot had an urgent handler for it
        arrived_at = arrival(entry.kind, content, entry.accepted_ms)
        extras = {"turn": turn, "arrived_at": arrived_at, **self.shared.extras(self.bot)}
        if entry.kind == "event" and content["name"] == MOVED and self.moving is not None:
            await self.moving.inherit(turn, int(content["data"]))
            return True
        if entry.kind == "event":
            event = ChatEvent(name=content["name"], data=content["data"], chat_id=turn.chat_id).as_(self.bot)
            answering = dispatch_event(self.dispatcher, self.bot, event, extras)
        else:
            if self.moving is not None:
                await self.moving.read(turn, content)
            update = Update.model_validate(content, context={"bot": self.bot})
            answering = self._fed(update, extras)
        name = entry.kind if entry.kind in KINDS else "other"
        response = await counted(self.name, "answers", name, answering)
        if isinstance(response, TelegramMethod):
            await self._answer(response)
        return response is not UNHANDLED

    async def _fed(self, update: Update, extras: Mapping[str, Any]) -> Any:
        try:
            return await self.dispatcher.feed_update(self.bot, update, **extras)
        except CancelHandler:
            return None  # a bot's way to say that this update is done with
        except SkipHandler:
            return UNHANDLED  # nobody was left to pass it on to

    @property
    def urgent_kinds(self) -> frozenset[str]:
        """The kinds of updates that an urgent handler may take."""
        return self.shared.urgent.kinds

    async def is_urgent(self, kind: str, update: Mapping[str, Any]) -> bool:
        """Whether an urgent handler takes this update, as far as the update alone tells."""
        return await self.shared.urgent.wants(kind, update, self.bot)

    def fault_of(self, error: BaseException) -> Fault:
        """Whose an error is that a handler of a chat has raised. A stranger's bot may have stores of its own,
        and they are its business.
        """
        return fault_in((*self.owners, *away.OWNERS) if self.bundled else self.owners, error)

    async def is_served(self, since: float) -> bool:
        """Whether Telegram has answered any call of the bot with success since then (the loop's clock), or
        does when it is asked.
        """
        return cast(HostedSession, self.bot.session).succeeded_at >= since or await self.is_known()

    async def is_known(self) -> bool:
        """Ask Telegram whether it is there and knows the bot. Whoever asks meanwhile gets the same answer:
        in an outage a thousand chats would.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.ensure_future(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> bool:
        session = cast(HostedSession, self.bot.session)
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await session.fetch(self.bot, GetMe(), PROBE_SECONDS)
        except (AiogramError, TimeoutError) as error:
            log.warning("bot_not_known", bot=self.name, why=str(error))
            return False
        return True

    async def username(self) -> str:
        """What Telegram calls it. Raises `StoreUnavailable` where Telegram does not say."""
        session = cast(HostedSession, self.bot.session)
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                return (await session.fetch(self.bot, GetMe(), PROBE_SECONDS)).username or ""
        except (AiogramError, TimeoutError) as error:
            raise StoreUnavailable(f"Telegram does not say what {self.name} is called: {error}") from error

    async def apologise(self, turn: Turn) -> None:
        """Tell the user that their message was not answered."""
        if turn.entry is None:
            return
        try:
            update = from_json(turn.entry.payload)
        except ValueError:
            return
        await self.tell(addressee_of(update), APOLOGY)

    async def tell(self, to: Addressee | None, notice: Mapping[str, str]) -> None:
        """Say something of our own, in the user's language. A user who cannot be told is left alone."""
        if to is None:
            return
        message = SendMessage(
            chat_id=to.chat_id,
            text=notice["ru" if to.language.startswith("ru") else "en"],
            parse_mode=None,
            message_thread_id=to.thread_id,
            direct_messages_topic_id=to.direct_topic_id,
            business_connection_id=to.business_connection_id,
        )
        try:
            await self.bot(message)
        except AiogramError as error:
            log.warning("notice_not_delivered", bot=self.name, chat_id=to.chat_id, error=str(error))

    def allowed_updates(self) -> list[str] | None:
        """The update kinds to ask Telegram for: what the bot has handlers for, and what every conversation
        needs; or those that its script asked for (None: Telegram's own choice).
        """
        if self.asked_for is not ...:
            return self.asked_for
        used = self.dispatcher.resolve_used_update_types(skip_events=set(MADE_UP))
        return sorted({*used, *ALLOWED_UPDATES_ALWAYS})

    async def _answer(self, method: TelegramMethod[Any]) -> None:
        """Execute a method that the handler returned, as Telegram does with the answer to a webhook: what it
        says against the call has no reader. What kept the call from being made is raised.
        """
        try:
            await self.bot(method)
        except AiogramError as error:
            if self.fault_of(error).owner not in _SAID_AGAINST_THE_CALL:
                raise
            log.warning(
                "returned_method_failed", bot=self.name, method=method.__api_method__, error=str(error)
            )


_SAID_AGAINST_THE_CALL = (Owner.MESSAGE, Owner.CONTENT, Owner.NOBODY)


def _read(entry: Entry) -> Any:
    try:
        return from_json(entry.payload)
    except ValueError:
        if entry.kind != "event":
            raise
        # What a bot gave its timer comes back as it was, half a surrogate pair too.
        return json.loads(entry.payload.decode("utf-8", "surrogatepass"))


def dispatcher_of(router: Router, data: Mapping[str, Any]) -> Dispatcher:
    """A dispatcher around a bot's router, or the bot's own; two bots with one router share one. `data` is
    offered to its handlers where they do not bring the same name.
    """
    if isinstance(router, Dispatcher):
        dispatcher = router
    elif is_ours(router.parent_router):
        assert isinstance(router.parent_router, Dispatcher)
        dispatcher = router.parent_router
    else:
        dispatcher = Dispatcher(name=OUR_DISPATCHER)
        dispatcher.include_router(router)
    for name, value in data.items():
        dispatcher.workflow_data.setdefault(name, value)
    return dispatcher
