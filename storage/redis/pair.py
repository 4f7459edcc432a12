"""How far Redis has come, and what it knows of the Postgres that it works with."""

from dataclasses import dataclass

from mailroom.storage.errors import StoreError
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import prefix
from mailroom.storage.redis.identities import IDENTITIES
from mailroom.storage.redis.mailbox import every_partition
from mailroom.storage.redis.scripts import script
from mailroom.storage.redis.suspensions import NOTES

PAIR = "mailroom:pair"

_PAIR = script("pair")


@dataclass(frozen=True, slots=True)
class InRedis:
    """What Redis says of the pair."""

    id: str
    """Whose Redis this is."""
    own: int
    """How far it has come: one more with each beat of the installation."""
    postgres: int
    """How far Postgres had come at least."""
    seen_ms: int
    """When Postgres had come so far, by Postgres' clock; 0 where it never was looked at."""


class AnotherInstallationError(StoreError):
    """Another installation, `owner`, has this Redis."""

    def __init__(self, owner: str) -> None:
        super().__init__(f"the Redis belongs to installation {owner}")
        self.owner = owner


class RedisPair:
    """The pair as one Redis has it. Every call is safe to repeat."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def read(self) -> InRedis | None:
        """What stands there; None where nobody has said whose Redis it is."""
        raw = await self._line.command("HMGET", PAIR, "id", "own", "postgres", "seen_at")
        if raw[0] is None:
            return None
        try:
            return InRedis(raw[0].decode(), *(int(number or 0) for number in raw[1:]))
        except ValueError:
            raise StoreError(f"unreadable in {PAIR}: {raw!r}") from None

    async def has_our_keys(self) -> bool:
        """Whether somebody has worked chats in this Redis: bots have their names here, something is
        suspended, or a partition has its fence.
        """
        fences = [prefix(n) + "fence" for n in every_partition()]
        for key in (IDENTITIES, NOTES, *fences):  # one by one: on Redis Cluster each is somewhere else
            if await self._line.command("EXISTS", key):
                return True
        return False

    async def advance(self, id_: str, postgres: int, seen_ms: int, *, floor: int = 0) -> int:
        """Go one further, past `floor` at least, and remember how far Postgres has come. Returns how far
        Redis has come. Raises `AnotherInstallationError`.
        """
        status, found = await self._line.run(_PAIR, PAIR, id_, postgres, seen_ms, floor)
        if status == b"other":
            raise AnotherInstallationError(found.decode())
        return int(found)
