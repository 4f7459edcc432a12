"""The way from a job into a chat: an event in its mailbox, handled in order with the chat's messages."""

import json
import re
from collections.abc import Callable

from pydantic_core import to_json

from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Mailboxes, Offer, Receipt

QUEUE = "outbox"
"""What the entry says of where it came from, beside Telegram's own queues."""
UNFIT = re.compile(r"[^!-~]+")
"""The head of an entry is separated by blanks, and ends with its line."""


class MailboxFullError(Exception):
    """The chat has as many messages waiting as it may. Try again later: there is a quarter of an hour of work
    in it.
    """


class ChatSender:
    """Puts events into mailboxes. `arrived` is told of each that was accepted; `unsure` of a chat whose
    mailbox may hold one that `arrived` was not told of.
    """

    def __init__(
        self,
        mailboxes: Mailboxes,
        arrived: Callable[[Chat, Receipt], None],
        unsure: Callable[[Chat], None],
    ) -> None:
        self._mailboxes = mailboxes
        self._arrived = arrived
        self._unsure = unsure

    async def put(self, chat: Chat, name: str, data: str, *, dedupe_id: str, trace: str) -> bool:
        """Put an event into a chat's mailbox, once; that of a group which became a supergroup is where it has
        gone. False if it has been there before.

        Raises `MailboxFullError`, or `StoreUnavailable`, after which it may be there or not: repeat it.
        """
        chat = await self._mailboxes.moves.now(chat)
        content = _content(name, data)
        offer = Offer(chat, dedupe_id, None, "event", QUEUE, UNFIT.sub("_", trace), content)
        receipt = await self._mailboxes.accept(offer)
        match receipt.status:
            case "accepted":
                self._arrived(chat, receipt)
            case "duplicate":
                # The answer to an earlier attempt may have been lost, and then nobody was told.
                self._unsure(chat)
                return False
            case "full":
                raise MailboxFullError(f"the mailbox of {chat} is full")
        return True

    async def id_now(self, bot: str, chat_id: int) -> int:
        """Where a chat is now: the same id, unless it is a group that became a supergroup."""
        return int((await self._mailboxes.moves.now(Chat(bot, str(chat_id)))).id)


def _content(name: str, data: str) -> bytes:
    content = {"name": name, "data": data}
    try:
        return to_json(content)
    except (
        ValueError
    ):  # half a surrogate pair, which goes over the wire as `mailroom.storage.redis.wire` sends it
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
