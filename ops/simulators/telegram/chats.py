"""The chats of one bot: who is in them, which messages they hold, which reply keyboard is shown.

Message dictionaries are the very objects the Bot API returns (plain dicts: a model per message would cost
more than the rest of a call). Users and chats are shared between them, so a message costs little.
"""

import hashlib
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

MESSAGES_PER_CHAT_MAX = 1_000
"""What one chat keeps for edits, replies and the page; older ones answer "message not found"."""

MESSAGES_MAX = 100_000
"""Over all chats of a bot: some 100 MB in the worst ordinary case."""

CHATS_MAX = 50_000
USERS_MAX = 100_000


@dataclass(slots=True)
class Chat:
    """One conversation as the bot's side of the server sees it."""

    info: Json
    messages: dict[int, Json] = field(default_factory=dict)
    members: dict[int, Json] = field(default_factory=dict)
    keyboard: Json | None = None
    pinned: int | None = None
    blocked: bool = False
    about: Json = field(default_factory=dict)
    """What a group says of itself beside its name: description, permissions of members."""
    standings: dict[int, Json] = field(default_factory=dict)
    """Members that are more or less than others, as ChatMember shows them."""
    links: dict[str, Json] = field(default_factory=dict)
    """Invite links by their address."""

    @property
    def is_group(self) -> bool:
        """True where a group's limits hold."""
        return bool(self.info["type"] != "private")


class ChatBook:
    """All chats of one bot, bounded in number and in messages; the oldest go first."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.users: dict[int, Json] = {}
        self.messages_kept = 0
        self._arrivals: deque[tuple[Chat, int]] = deque()
        self._next_message_id = 1

    def find(self, chat_id: int) -> Chat | None:
        """Return the chat if this bot has ever seen it."""
        return self.chats.get(chat_id)

    def named(self, username: str) -> Chat | None:
        """Return the group or channel with this public name; people are not found by theirs."""
        wanted = username.lower()
        for chat in self.chats.values():
            if chat.is_group and str(chat.info.get("username", "")).lower() == wanted:
                return chat
        return None

    def user(self, user_id: int, *, first_name: str | None = None, language_code: str | None = None) -> Json:
        """Return the user, made up at first sight; a new name or language holds from now on."""
        user = self.users.get(user_id)
        changed = user is None or (first_name not in (None, user["first_name"]))
        changed = changed or (user is not None and language_code not in (None, user.get("language_code")))
        if changed:
            old = user or {"first_name": f"User {user_id}", "language_code": "en"}
            # A new object: messages already sent keep the name their author had then.
            user = {
                "id": user_id,
                "is_bot": False,
                "first_name": first_name or old["first_name"],
                "username": f"user_{user_id}",
                "language_code": language_code or old["language_code"],
            }
            _make_room(self.users, USERS_MAX)
            self.users[user_id] = user
        assert user is not None
        return user

    def chat(self, chat_id: int, user: Json | None = None) -> Chat:
        """Return the chat, opened at first sight: private for a positive id, a group for a negative one."""
        chat = self.chats.get(chat_id)
        if chat is None:
            if len(self.chats) >= CHATS_MAX:
                oldest = next(iter(self.chats))
                self.messages_kept -= len(self.chats.pop(oldest).messages)
            chat = self.chats[chat_id] = Chat(self._chat_info(chat_id, user))
        if user is not None and user["id"] not in chat.members:
            chat.members[user["id"]] = user
        return chat

    def _chat_info(self, chat_id: int, user: Json | None) -> Json:
        if chat_id < 0:
            kind = "supergroup" if str(chat_id).startswith("-100") else "group"
            return {"id": chat_id, "title": f"Group {-chat_id}", "type": kind}
        person = user or self.user(chat_id)
        return {
            "id": chat_id,
            "first_name": person["first_name"],
            "username": person["username"],
            "type": "private",
        }

    def new_message(self, chat: Chat, author: Json, content: Json) -> Json:
        """Put a message into a chat and return it; ids are one sequence per bot, as in private chats."""
        message = {
            "message_id": self._next_message_id,
            "from": author,
            "chat": chat.info,
            "date": int(time.time()),
            **content,
        }
        self.keep(chat, message)
        return message

    def keep(self, chat: Chat, message: Json) -> None:
        """Store a message that already has an id (an injected update), making room for it."""
        message_id = message["message_id"]
        self._next_message_id = max(self._next_message_id, message_id + 1)
        if message_id not in chat.messages:
            self.messages_kept += 1
        chat.messages[message_id] = message
        self._arrivals.append((chat, message_id))
        if len(chat.messages) > MESSAGES_PER_CHAT_MAX:
            self.remove(chat, next(iter(chat.messages)))
        while self.messages_kept > MESSAGES_MAX or len(self._arrivals) > 2 * MESSAGES_MAX:
            self.remove(*self._arrivals.popleft())

    def remove(self, chat: Chat, message_id: int) -> Json | None:
        """Take a message out of its chat and return it, or None if it was not there."""
        message = chat.messages.pop(message_id, None)
        if message is not None:
            self.messages_kept -= 1
        return message


def chat_instance(token: str, chat_id: int) -> str:
    """Return the stable opaque number by which callback queries name a chat."""
    digest = hashlib.blake2b(f"{token}/{chat_id}".encode(), digest_size=8).digest()
    return str(int.from_bytes(digest, "big", signed=True))


def _make_room(table: dict[int, Json], limit: int) -> None:
    if len(table) >= limit:
        del table[next(iter(table))]
