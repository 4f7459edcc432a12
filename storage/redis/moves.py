"""Groups that became supergroups: which address a chat has moved to, and what it left behind.

Telegram gives the supergroup another id. Old and new chat lie in partitions of their own, so nothing can be
written to both in one step: where a chat has moved to is a note beside the old one, what it left is only
read here, and becomes the new chat's in a commit of the new chat's.
"""

from dataclasses import dataclass

from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat, prefix
from mailroom.storage.redis.wire import text

SUPERGROUPS_BELOW = -1_000_000_000_000
"""Ids of supergroups and channels are smaller than that, those of groups which can become one are not."""
REMEMBERED_MS = 400 * 24 * 3600 * 1000
"""A note that nobody renewed for a year and more is forgotten; Telegram goes on to say where the chat is."""
TIMERS_PER_LOOK = 1000
_FOLLOWED_MAX = 3
"""A group moves once; more than that is somebody's joke."""


@dataclass(frozen=True, slots=True)
class LeftTimer:
    """A timer that has not fired."""

    name: str
    due_ms: int
    data: str


def may_move(chat_id: int) -> bool:
    """Whether this is the id of a group that can become a supergroup."""
    return SUPERGROUPS_BELOW < chat_id < 0


class Moves:
    """The notes of one Redis. Every call is safe to repeat."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def note(self, chat: Chat, new_id: int) -> None:
        """Remember where a chat has moved to."""
        await self._line.command("SET", _note(chat), new_id, "PX", REMEMBERED_MS)

    async def now(self, chat: Chat) -> Chat:
        """The address a chat has now."""
        for _ in range(_FOLLOWED_MAX):
            if not chat.id.removeprefix("-").isdecimal() or not may_move(int(chat.id)):
                break
            moved = await self._line.command("GET", _note(chat))
            if moved is None:
                break
            chat = Chat(chat.bot, moved.decode())
        return chat

    async def state(self, chat: Chat) -> dict[str, str]:
        """All committed fields of a chat's state."""
        found = await self._line.command("HGETALL", prefix(chat.partition) + f"state:{chat}")
        # RESP3 answers with a map, RESP2 with a list.
        pairs = found.items() if isinstance(found, dict) else zip(found[::2], found[1::2], strict=True)
        return {text(name): text(value) for name, value in pairs}

    async def timers(self, chat: Chat) -> list[LeftTimer]:
        """The timers of a chat that have not fired."""
        keys, start = prefix(chat.partition), f"{chat}:"
        found, cursor = [], b"0"
        while True:
            cursor, flat = await self._line.command(
                "HSCAN", keys + "timer", cursor, "MATCH", f"{start}*", "COUNT", TIMERS_PER_LOOK
            )
            for member, data in zip(flat[::2], flat[1::2], strict=True):
                due = await self._line.command("ZSCORE", keys + "timers", member)
                if due is not None:
                    found.append(LeftTimer(text(member)[len(start) :], int(float(due)), text(data)))
            if cursor == b"0":
                return found


def _note(chat: Chat) -> str:
    return prefix(chat.partition) + f"moved:{chat}"
