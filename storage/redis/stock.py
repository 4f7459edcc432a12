"""The state of conversations as aiogram's own RedisStorage keeps it: `fsm:CHAT:USER:state` and `…:data`.

Its keys may also hold the bot's id, a business connection, a topic and a destiny, each only if its builder
was told to, and nothing in a key says which part is which. What decides here: ids are whole numbers, a
group's is negative, a bot's is known.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

from redis.asyncio import Redis

BATCH_KEYS = 500
"""Keys looked at in one call: Redis does nothing else meanwhile."""
PARTS = ("state", "data")
DESTINY = "default"


@dataclass(frozen=True, slots=True)
class StockKey:
    """Whose state it is. `bot_id` is None where the key does not say."""

    bot_id: int | None
    chat_id: int
    user_id: int
    part: str
    thread_id: int | None = None
    business_connection_id: str | None = None
    destiny: str = DESTINY


def parse(key: str, prefix: str, separator: str, bot_ids: Collection[int]) -> StockKey | None:
    """Read a key; None for one that is no state of a conversation, or that of a bot we do not know."""
    first, *fields = key.split(separator)
    part = fields.pop() if fields else ""
    if first != prefix or part not in PARTS:
        return None
    bot_id = int(fields.pop(0)) if fields and _is_id(fields[0]) and int(fields[0]) in bot_ids else None
    business = fields.pop(0) if fields and not _is_id(fields[0]) else None
    ids: list[int] = []
    while fields and _is_id(fields[0]) and len(ids) < 3:
        ids.append(int(fields.pop(0)))
    destiny = separator.join(fields) or DESTINY
    if bot_id is not None and len(ids) == 1:
        # The bot's own id stands where a chat's would: a chat of the bot with itself is none.
        return None
    match ids:
        case [chat_id, user_id]:
            return StockKey(bot_id, chat_id, user_id, part, None, business, destiny)
        case [chat_id, thread_id, user_id] if bot_id is not None or chat_id < 0 or chat_id == user_id:
            return StockKey(bot_id, chat_id, user_id, part, thread_id, business, destiny)
        case _:
            return None


async def stock_state(
    client: "Redis", prefix: str, separator: str, bot_ids: Collection[int]
) -> AsyncIterator[list[tuple[StockKey, str]]]:
    """Everything that RedisStorage has kept there, batch by batch."""
    cursor = 0
    pattern = "".join(f"\\{sign}" if sign in "*?[]\\" else sign for sign in prefix + separator) + "*"
    while True:
        cursor, names = await client.scan(cursor, match=pattern, count=BATCH_KEYS, _type="string")
        known = [(_text(name), parse(_text(name), prefix, separator, bot_ids)) for name in names]
        wanted = [(name, key) for name, key in known if key is not None]
        values = await client.mget([name for name, _ in wanted]) if wanted else []
        yield [
            (key, _text(value)) for (_, key), value in zip(wanted, values, strict=True) if value is not None
        ]
        if not cursor:
            return


def _is_id(field: str) -> bool:
    return field.removeprefix("-").isdecimal()


def _text(value: str | bytes) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
