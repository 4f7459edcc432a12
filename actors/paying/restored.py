"""What a bundled bot does when its database went back: what it sold since then, it would sell again."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from asyncpg import Pool


@dataclass(frozen=True, slots=True)
class Restored:
    """Both may be called again and again, by any process."""

    doubt: Callable[[Pool, int], Awaitable[int]]
    """Take off sale what may have been sold since the backup, until the bot's owner confirms it: once for the
    restore of that name. Returns how much that is.
    """
    withdraw: Callable[[Pool, Sequence[Mapping[str, str]]], Awaitable[int]]
    """Take off sale what payments were for of which only their gateway knows, by what it was told of them.
    Returns how much that is.
    """
