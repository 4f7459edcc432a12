"""How a bot's calls go out: numbered and journaled while its handler works on a message, always through the
limiter.

This is aiogram's own session over aiohttp with the sending replaced, so a bot's request middlewares, timeouts
and proxies stay as they are.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from math import inf
from typing import Any, cast

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, InputFile, Message
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar
from prometheus_client import Counter
from pydantic_core import from_json, to_json
from structlog import get_logger

from mailroom.actors.hosting.answers import TOO_MANY_REQUESTS, moved_to, read_answer, read_raw, wait_seconds
from mailroom.actors.hosting.errors import Parked, UnreadableResultError, UploadError
from mailroom.actors.hosting.upload import Upload
from mailroom.actors.journal import fingerprint
from mailroom.actors.limiter import CallClass, Limiter, Target, classify, repeatable, target_of
from mailroom.actors.metrics import child
from mailroom.actors.turn import Turn, current_turn
from mailroom.storage.words import words

log = get_logger("mailroom.calls")

INLINE_WAIT_SECONDS = 5.0
"""Waits up to this keep the handler waiting; longer ones end the turn, which is run again after the wait."""

EARLY_SECONDS = 0.01
"""Timers may fire a little early, and a call a millisecond too soon is refused again."""

CALLS = Counter("mailroom_calls_total", "Calls made to the platform", ["bot", "outcome"])
REPLIES = Counter(
    "mailroom_replies_total", "Messages that bots sent or edited, confirmed by the platform", ["bot"]
)
WAITS = Counter("mailroom_calls_throttled_total", "Calls that the platform answered with 429", ["bot"])
WAITS_SECONDS = Counter(
    "mailroom_calls_throttled_seconds_total",
    "Seconds to wait that the platform asked for with its 429",
    ["bot"],
)

_NEEDLESS = ("Accept", "Accept-Encoding", "User-Agent")
"""Headers that aiohttp would make anew for each call, and Telegram does not look at."""
_PLAIN = frozenset({str, int, float, bool})
_JSON = {"Content-Type": "application/json"}
_NO_ANSWER = "Request timeout error"
_NO_TOKEN = "<token>"
_TOO_LATE = b"query is too old"
_DONE = b'{"ok":true,"result":true}'
_ATTACHMENT = re.compile(rb"attach://[\w-]+")
_RESPONSES: dict[Any, Any] = {}
"""Strong references to the response types: pydantic keeps them weakly and takes 6-9 ms to build one anew
after a full collection.
"""


class HostedSession(AiohttpSession):
    """The session of a hosted bot. `on_parked(target, seconds, whole_bot)` keeps a wait for the case that
    this process ends before it does.
    """

    def __init__(
        self,
        name: str,
        limiter: Limiter,
        on_parked: Callable[[Target, float, bool], Awaitable[None]],
        **options: Any,
    ) -> None:
        options.setdefault("json_loads", from_json)
        super().__init__(limit=1000, **options)
        self._limit = ClientTimeout(total=self.timeout)
        self._name = name
        self._limiter = limiter
        self._on_parked = on_parked
        self.on_moved: Callable[[int, int], Awaitable[None]] | None = None
        """Told of a group that Telegram says is a supergroup now: its old id, and its new one."""
        self.succeeded_at = -inf
        """When Telegram last did what it was asked for, by the loop's clock."""

    async def create_session(self) -> ClientSession:
        """The connections to Telegram, without the cookies that aiohttp looks for with every call."""
        if self._session is None or self._session.closed or self._should_reset_connector:
            self._should_reset_connector = False
            await self.close()
            self._session = ClientSession(
                connector=self._connector_type(**self._connector_init),
                cookie_jar=DummyCookieJar(),
                skip_auto_headers=_NEEDLESS,
            )
        return self._session

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """Make the call, or give back what an earlier attempt of the same message got for it."""
        name = method.__api_method__
        turn = current_turn.get()
        body, upload = self._body(bot, method)
        if turn is None or not turn.open or repeatable(name):
            return self._result(bot, method, *await self._limited(bot, method, body, upload, timeout, turn))
        if turn.group is None or turn.entry is None:
            return await self._journaled(bot, method, body, upload, timeout, turn)
        with turn.group.sending(turn.entry.seq):
            return await self._journaled(bot, method, body, upload, timeout, turn)

    async def _journaled(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        body: bytes,
        upload: Upload | None,
        timeout: int | None,
        turn: Turn,
    ) -> TelegramType:
        name = method.__api_method__
        number = turn.journal.next_number()
        mark = fingerprint(name, _ATTACHMENT.sub(b"attach://", body) if upload is not None else body)
        known = turn.journal.replay(number, mark)
        if known is not None:
            return self._result(bot, method, 200, known)
        await turn.journal.settle()
        try:
            status, content = await self._limited(bot, method, body, upload, timeout, turn)
        except Parked:
            turn.journal.refused(number)
            raise
        if 400 <= status < 500 and content.startswith(b"{"):  # Telegram's own word, not a gateway's
            turn.journal.refused(number)
        again = turn.journal.attempt > 1 or bool(turn.journal.recorded)
        if status == 400 and _TOO_LATE in content and (again or name == "answerCallbackQuery"):
            # A tap that waited, or one answered by an attempt that did not live to record it. As an error it
            # would cost the handler's state, for an answer that is not missed by anybody.
            status, content = 200, _DONE
        try:
            result = self._result(bot, method, status, content)
        except UnreadableResultError:
            _keep(turn, number, mark, content)  # the call was made: a retry must not make it again
            raise
        _keep(turn, number, mark, content)
        return result

    async def fetch(self, bot: Bot, method: TelegramMethod[Any], timeout: int) -> Any:
        """Make a call for ourselves and return its raw result: updates are stored as they came, not as a
        model of them would be written.
        """
        body, _ = self._body(bot, method)
        result = read_raw(self, bot, method, *await self._ask(bot, method, body, None, timeout))
        self._succeeded()
        return result

    async def _limited(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        body: bytes,
        upload: Upload | None,
        timeout: int | None,
        turn: Turn | None,
    ) -> tuple[int, bytes]:
        call = classify(method.__api_method__)
        target = target_of(getattr(method, "chat_id", None), method.__api_method__)
        clock = asyncio.get_running_loop()
        while True:
            may_park = turn is not None and turn.open and turn.entry is not None
            most = INLINE_WAIT_SECONDS if may_park else inf
            wait = self._limiter.wait_seconds(call, target, clock.time(), most=most)
            if wait > most:
                raise Parked(wait)
            if wait > 0:
                await asyncio.sleep(wait)
            if turn is not None and turn.open:
                if turn.permit is not None:
                    await turn.permit()
                turn.called_at = clock.time()
            status, content = await self._ask(bot, method, body, upload, timeout)
            if status != TOO_MANY_REQUESTS:
                return status, content
            seconds = wait_seconds(content) + EARLY_SECONDS
            if call is not CallClass.FREE:
                await self.told_to_wait(target, seconds)
                continue
            self._count_wait(seconds)
            if seconds > INLINE_WAIT_SECONDS:
                return status, content  # it cannot wait, so whoever made it is told
            await asyncio.sleep(seconds)

    async def told_to_wait(self, target: Target, seconds: float) -> None:
        """Telegram answered 429 to a call for this target: whoever calls next for it waits."""
        self._count_wait(seconds)
        whole_bot = self._limiter.refused(target, seconds, asyncio.get_running_loop().time())
        await self._on_parked(target, seconds, whole_bot)

    def _count_wait(self, seconds: float) -> None:
        child(WAITS, self._name).inc()
        child(WAITS_SECONDS, self._name).inc(seconds)

    async def _ask(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        body: bytes,
        upload: Upload | None,
        timeout: int | None,
    ) -> tuple[int, bytes]:
        """Make a call, and hear from its refusal where its chat has gone, whoever made it."""
        status, content = await self._post(bot, method, body, upload, timeout)
        if status == 400 and self.on_moved is not None and (new_id := moved_to(content)) is not None:
            target = target_of(getattr(method, "chat_id", None), method.__api_method__)
            if isinstance(target, int):
                await self.on_moved(target, new_id)
        return status, content

    async def _post(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        body: bytes,
        upload: Upload | None,
        timeout: int | None,
    ) -> tuple[int, bytes]:
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        limit = self._limit if timeout is None else ClientTimeout(total=timeout)
        try:
            if upload is not None:
                request = session.post(url, data=upload.form(bot), timeout=limit)
            else:
                request = session.post(url, data=body, headers=_JSON, timeout=limit)
            async with request as answer:
                content = await answer.read()
        except (TimeoutError, ClientError) as error:
            if upload is not None and upload.unreadable is not None:
                child(CALLS, self._name, "not_sent").inc()
                why = words(upload.unreadable)
                raise UploadError(method, f"a file could not be read: {why}") from upload.unreadable
            child(CALLS, self._name, "no_answer").inc()
            log.debug("call_unanswered", bot=self._name, method=method.__api_method__)
            said = _NO_ANSWER if isinstance(error, TimeoutError) else words(error)
            # aiohttp may name the address, and the token is a part of it: not to be kept with a dead letter.
            tells_token = bot.token in said
            said = said.replace(bot.token, _NO_TOKEN)
            raise TelegramNetworkError(method, said) from (None if tells_token else error)
        written_by_telegram = content.lstrip().startswith(b"{")
        child(CALLS, self._name, str(answer.status) if written_by_telegram else "unreadable").inc()
        log.debug("call_answered", bot=self._name, method=method.__api_method__, status=answer.status)
        return answer.status, content

    def _result(
        self, bot: Bot, method: TelegramMethod[TelegramType], status: int, content: bytes
    ) -> TelegramType:
        returning = method.__returning__
        if returning not in _RESPONSES:
            _RESPONSES[returning] = Response[returning]  # type: ignore[valid-type]
        response = read_answer(self, bot, method, status, content)
        self._succeeded()
        if not repeatable(method.__api_method__):
            child(REPLIES, self._name).inc()
        self._learn(response.result)
        return cast(TelegramType, response.result)

    def _succeeded(self) -> None:
        self.succeeded_at = asyncio.get_running_loop().time()

    def _learn(self, result: object) -> None:
        """A message, or a chat that was asked for, says which id its chat's name belongs to. A person's name
        is no address.
        """
        chat = result.chat if isinstance(result, Message) else result
        if isinstance(chat, Chat) and chat.username and chat.type != "private":
            self._limiter.learn(chat.username, chat.id)

    def _body(self, bot: Bot, method: TelegramMethod[Any]) -> tuple[bytes, Upload | None]:
        """The call as JSON, and as an upload when files go with it."""
        files: dict[str, InputFile] = {}
        fields = {}
        for name, value in method:
            if value is None:
                continue
            prepared = value
            if type(value) not in _PLAIN:
                prepared = self.prepare_value(value, bot=bot, files=files, _dumps_json=False)
            if prepared is not None and prepared != "":
                fields[name] = prepared
        return to_json(fields), Upload(fields, files, self.json_dumps) if files else None


def _keep(turn: Turn, number: int, mark: bytes, content: bytes) -> None:
    if turn.open:  # else the handler did not wait for this call, and its message may be finished and gone
        turn.journal.keep(number, mark, content)
