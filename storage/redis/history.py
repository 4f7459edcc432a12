"""What each process measured of itself in the last hours: a hash for ten minutes, in it a field for each step
of each process.

It outlives the processes, for on-call looks most at what was before one died. A page goes by itself; a
process that works without a pause fills some 300 KB, one that idles 100 KB. To write a step again changes
nothing.
"""

import asyncio
from collections.abc import Iterable, Mapping

from mailroom.storage.redis.batch import Line

STEP_SECONDS = 10
"""How long one step is."""
PAGE_STEPS = 60
KEPT_SECONDS = 6 * 3600
"""How far back it goes."""


class History:
    """The steps of all processes of one Redis."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def write(self, process: str, steps: Mapping[int, bytes]) -> None:
        """Keep what a process measured, by the number of the step."""
        pages: dict[int, list[str | bytes]] = {}
        for step, measured in steps.items():
            pages.setdefault(step // PAGE_STEPS, []).extend((f"{step}:{process}", measured))
        kept_ms = (KEPT_SECONDS + PAGE_STEPS * STEP_SECONDS) * 1000
        for page, fields in pages.items():
            await self._line.command("HSET", _key(page), *fields)
            await self._line.command("PEXPIRE", _key(page), kept_ms)

    async def read(self, since: int, until: int) -> dict[int, list[bytes]]:
        """What all processes measured from one step to another, both included, by the number of the step."""
        pages = range(since // PAGE_STEPS, until // PAGE_STEPS + 1)
        found: dict[int, list[bytes]] = {}
        for flat in await asyncio.gather(*(self._line.command("HGETALL", _key(page)) for page in pages)):
            for field, measured in _pairs(flat):
                step = int(field.partition(b":")[0])
                if since <= step <= until:
                    found.setdefault(step, []).append(measured)
        return found


def _key(page: int) -> str:
    return f"mailroom:history:{page}"


def _pairs(flat: list[bytes]) -> Iterable[tuple[bytes, bytes]]:
    return zip(flat[::2], flat[1::2], strict=True)
