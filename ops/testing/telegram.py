"""Telegram in memory: what the simulator is behind its HTTP, asked directly. It checks calls as Telegram
does.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import TelegramMethod
from aiogram.types import InputFile
from pydantic_core import from_json

from mailroom.actors.hosting.upload import Upload as Uploading
from mailroom.ops.simulators.telegram.bot_api import BotApi, refused_by
from mailroom.ops.simulators.telegram.bots import Simulation
from mailroom.ops.simulators.telegram.faults import Rule, Verdict
from mailroom.ops.simulators.telegram.files import Upload
from mailroom.ops.simulators.telegram.kinds import KINDS as UPDATE_KINDS
from mailroom.ops.simulators.telegram.media_kinds import KINDS as MEDIA_KINDS
from mailroom.ops.simulators.telegram.people import People
from mailroom.ops.testing.sent import Media, Sent, buttons_of

TOKEN = "42:TEST"
SHOWN = ("send", "edit", "copy", "forward")
"""Prefixes of methods whose effect a person sees in a chat."""
UNSEEN = frozenset({"sendChatAction", "sendMessageDraft", "editForumTopic", "editGeneralForumTopic"})


@dataclass
class Made:
    """One call that took effect, where it did."""

    sent: Sent
    chat_id: int | None
    """The chat it was for; of an answer to a tap, the one the button was in."""
    shown: bool = field(init=False)

    def __post_init__(self) -> None:
        method = self.sent.method
        self.shown = method.startswith(SHOWN) and method not in UNSEEN


class MemoryTelegram:
    """The people, the chats and the Bot API of one test. To be made on the asyncio side."""

    def __init__(self) -> None:
        self.simulation = Simulation(seed=1)
        self.api = BotApi(self.simulation)
        self.people = People(self.simulation)
        self.bot = self.simulation.bot(TOKEN)
        self.bot.inbound.allow(list(UPDATE_KINDS))
        self.made: list[Made] = []
        self.taken = self.bot.inbound.backlog.head
        """The id of the first update that the bot has not been given yet."""
        self.repeats = False
        """Whether each update comes once more, under another id."""
        self.repeated = 0
        self._copies: set[int] = set()

    async def fetch(self) -> list[bytes]:
        """The updates that wait for the bot, in order; each is given once."""
        found = await self.bot.inbound.get_updates(self.taken, 100, 0)
        for body in found if self.repeats else ():
            self._repeat(from_json(body))
        self.taken += len(found)
        return found

    def _repeat(self, update: dict[str, Any]) -> None:
        if update.pop("update_id") not in self._copies and (copy := self.bot.inbound.push(update)):
            self._copies.add(copy)
            self.repeated += 1

    async def post(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        body: bytes,
        upload: Uploading | None,
        _timeout: int | None,
    ) -> tuple[int, bytes]:
        """Carry out a call, in the place of `HostedSession._post`."""
        name = method.__api_method__
        args: dict[str, Any] = from_json(body)
        uploads = await _read(upload, bot) if upload is not None else {}
        faults = self.simulation.faults
        verdict = Verdict()
        if faults.active:
            verdict = faults.judge(TOKEN, name.lower(), _number(args.get("chat_id")))
        if verdict.kind == "drop_before":
            _hang_up(method)
        if (refused := refused_by(verdict)) is not None:
            return refused[0].status, _body(refused[0])
        answer = await self.api.call(TOKEN, name, dict(args), uploads)
        content = _body(answer)
        if answer.status == 200:
            self._note(name, args, from_json(content)["result"])
        if verdict.kind == "drop_after":
            _hang_up(method)
        return answer.status, content

    def strike(self, **rule: Any) -> Rule:
        """Let calls fail from now on."""
        made = Rule(**rule)
        self.simulation.faults.add([made])
        return made

    def behave(self, rule: Rule) -> None:
        """Let a fault be over, and what it has asked to wait for with it."""
        faults = self.simulation.faults
        faults.rules = [one for one in faults.rules if one is not rule]

    async def file(self, path: str) -> bytes:
        """A file as a bot downloads it."""
        stored = self.simulation.files.at(path)
        return stored.upload.content if stored else b""

    async def stream(self, url: str, *_: Any, **_options: Any) -> AsyncGenerator[bytes, None]:
        """In the place of the session's `stream_content`."""
        yield await self.file(url.partition(f"/bot{TOKEN}/")[2])

    def _note(self, name: str, args: Mapping[str, Any], result: Any) -> None:
        messages = [
            one for one in (result if isinstance(result, list) else [result]) if isinstance(one, dict)
        ]
        chat_id = _number(args.get("chat_id"))
        first = messages[0] if messages else {}
        if "chat" in first:
            chat_id = first["chat"]["id"]
        elif chat_id is not None and "message_id" in first and (chat := self.bot.book.find(chat_id)):
            messages = [chat.messages.get(one["message_id"], one) for one in messages]
            first = messages[0]
        elif name.startswith("answer"):
            query = self.bot.queries.get(str(args.get(_query_argument(args))))
            chat_id = query.chat_id if query else None
        sent = Sent(
            text=_text_of(first) or str(args.get("text") or ""),
            buttons=buttons_of(_structure(args.get("reply_markup")) or first.get("reply_markup")),
            media=tuple(self._media(messages)),
            method=name,
            chat=chat_id,
            message_id=first.get("message_id"),
            args=args,
            message=first,
        )
        self.made.append(Made(sent, chat_id))

    def _media(self, messages: list[dict[str, Any]]) -> list[Media]:
        found = []
        for message in messages:
            for kind in MEDIA_KINDS:
                if (shown := message.get(kind)) is None or (kind == "document" and "animation" in message):
                    continue
                one = shown[-1] if isinstance(shown, list) else shown
                stored = self.simulation.files.find(one["file_id"])
                upload = stored.upload if stored else Upload("", "", b"")
                found.append(Media(kind, upload.name, upload.content))
        return found


async def _read(upload: Uploading, bot: Bot) -> dict[str, Upload]:
    return {
        key: Upload(file.filename or key, "", await _whole(file, bot)) for key, file in upload.files.items()
    }


async def _whole(file: InputFile, bot: Bot) -> bytes:
    return b"".join([chunk async for chunk in file.read(bot)])


def _text_of(message: Mapping[str, Any]) -> str:
    for name in ("text", "caption"):
        if message.get(name):
            return str(message[name])
    for name, field_ in (("invoice", "title"), ("poll", "question"), ("venue", "title")):
        if message.get(name):
            return str(message[name][field_])
    return ""


def _query_argument(args: Mapping[str, Any]) -> str:
    return next((name for name in args if name.endswith("_query_id")), "")


def _structure(value: Any) -> Any:
    return from_json(value) if isinstance(value, str) and value else value


def _number(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _body(response: Any) -> bytes:
    body = response.body
    return body if isinstance(body, bytes) else bytes(body or b"")


def _hang_up(method: TelegramMethod[Any]) -> NoReturn:
    raise TelegramNetworkError(method=method, message="Request timeout error")
