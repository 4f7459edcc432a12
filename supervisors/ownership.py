"""The lease on the chats: renewed by a thread of its own, doubted in time, fenced in Redis.

    waiting ──rows taken, fences raised──► owning ──TTL − 1 s without a renewal──► in doubt
       ▲                                    │  ▲                                   │  │
       │                                    │  └───────────────renewed─────────────┘  │
       └──────────────── over ◄─────────────┴── rows or fence are another's ──────────┘

An ownership that could not be renewed is not over: Postgres may be away, and then nobody takes what it holds.
It is in doubt, by its own clock and before its lease can have run out: the fence in Redis is asked before
each call to the outside, and the work goes on while it stands. What ends an ownership is another one.
"Fenced" ends only the one it was said to: its epoch is named by whoever heard it.
"""

import time
from collections.abc import Callable, Sequence

import trio
from prometheus_client import Gauge
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.postgres.lease import Held, Leases
from mailroom.storage.redis.mailbox import Mailboxes, every_partition
from mailroom.supervisors.heartbeat import HEARTBEAT_SECONDS, TTL_SECONDS, Heartbeat, Holding
from mailroom.supervisors.identity import is_gone, name_of_this_process
from mailroom.supervisors.stalls import BLOCKED_SECONDS_MAX

log = get_logger("mailroom.ownership")

MARGIN_SECONDS = 1.0
"""How long before the end of its lease an owner begins to doubt: more than any commit takes."""
TRY_SECONDS = HEARTBEAT_SECONDS / 2
"""How often who stands by tries to take the chats."""

IN_DOUBT_SAID = "the lease could not be renewed in time"
EPOCH = Gauge("mailroom_ownership_epoch", "The epoch this process commits with; 0 while it owns nothing")
IN_DOUBT = Gauge(
    "mailroom_ownership_in_doubt",
    "Whether the lease could not be renewed in time, so that each call asks the fence",
)


def boot_seconds() -> float:
    """Seconds since the machine started, those included in which it slept: a lease runs out in them too."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Ownership:
    """The right of this process to work the chats. `epoch` is asked before every write, `in_doubt` before
    every call to the outside.
    """

    def __init__(
        self,
        leases: Leases,
        mailboxes: Mailboxes,
        *,
        clock: Callable[[], float] = boot_seconds,
        blocked_seconds_max: float = BLOCKED_SECONDS_MAX,
    ) -> None:
        self.owner = name_of_this_process()
        self._leases = leases
        self._mailboxes = mailboxes
        self._clock = clock
        self._blocked_seconds_max = blocked_seconds_max
        self._holding: Holding | None = None
        self._heartbeat: Heartbeat | None = None

    @property
    def epoch(self) -> int:
        """The epoch to write with. Raises `Fenced` when there is none, or another one's has followed it."""
        holding = self._holding
        if holding is None or holding.over:
            raise Fenced("the chats are not this process's")
        return holding.epoch

    @property
    def partitions(self) -> tuple[int, ...]:
        """Which partitions are ours, or were."""
        return self._holding.partitions if self._holding is not None else ()

    @property
    def held(self) -> bool:
        """Whether we own the chats, as far as we know."""
        return self._holding is not None and not self._holding.over

    @property
    def in_doubt(self) -> bool:
        """Whether another may own the chats without our knowledge: we could not renew in time."""
        holding = self._holding
        return holding is None or holding.over or self._past(holding)

    @property
    def held_epoch(self) -> int:
        """The epoch, for whoever only looks; 0 while we own nothing."""
        holding = self._holding
        return holding.epoch if holding is not None and not holding.over else 0

    def details(self) -> dict[str, str | int | float]:
        """What the tree shows."""
        shown: dict[str, str | int | float] = {"epoch": self.held_epoch, "owner": self.owner}
        if self.held and self.in_doubt:
            shown["in_doubt"] = IN_DOUBT_SAID
        stall = self._heartbeat.last_stall if self._heartbeat is not None else None
        if stall is not None:
            shown["last_stall"] = str(stall)
        return shown

    async def acquire(self) -> None:
        """Wait until the chats are ours."""
        EPOCH.set_function(lambda: self.held_epoch)
        IN_DOUBT.set_function(lambda: self.held and self.in_doubt)
        if self._heartbeat is None:
            self._heartbeat = Heartbeat(
                self._leases,
                self.owner,
                lambda: self._holding,
                self._clock,
                blocked_seconds_max=self._blocked_seconds_max,
            )
        floor = 0
        while True:
            try:
                began = self._clock()
                held = await aio(self._take, floor)
                if len(held.partitions) == len(every_partition()):
                    await aio(self._mailboxes.raise_fences, held.partitions, held.epoch)
                    self._holding = Holding(held.epoch, held.partitions, proved_at=began)
                    log.info("chats_owned", epoch=held.epoch, owner=self.owner)
                    return
                log.info("waiting_for_chats", why="another process owns them", free=len(held.partitions))
                if held.partitions:
                    await aio(self._leases.release, self.owner, held.epoch)
            except Fenced as error:
                floor = error.standing + 1
                log.warning("epoch_behind_redis", why=str(error))
                continue
            except StoreUnavailable as error:
                log.warning("waiting_for_chats", why=str(error))
            await trio.sleep(TRY_SECONDS)

    async def keep(self) -> None:
        """Wait for the end of our ownership; the heartbeat holds it meanwhile."""
        holding = self._holding
        if holding is None:
            return
        await holding.ended.wait()
        log.error("chats_lost", epoch=holding.epoch, owner=self.owner)

    def give_up(self, epoch: int) -> None:
        """The fence refused this epoch: write nothing with it from now on, and have `keep` return. A past
        ownership's refusal says nothing of the present one. To be called in Trio.
        """
        holding = self._holding
        if holding is not None and holding.epoch == epoch:
            holding.over = True
            holding.ended.set()

    async def release(self) -> None:
        """Let the next owner begin at once."""
        holding, self._holding = self._holding, None
        heartbeat, self._heartbeat = self._heartbeat, None
        if heartbeat is not None:
            await heartbeat.stop()
        if holding is not None:
            holding.over = True
            holding.ended.set()
            try:
                await aio(self._leases.release, self.owner, holding.epoch)
            except StoreUnavailable as error:
                log.warning("lease_not_released", why=str(error), free_in_seconds=TTL_SECONDS)

    def _past(self, holding: Holding) -> bool:
        return self._clock() >= holding.proved_at + TTL_SECONDS - MARGIN_SECONDS

    async def _take(self, floor: int) -> Held:
        gone = [row["owner"] for row in await self._leases.owners() if is_gone(row["owner"])]
        wanted: Sequence[int] = every_partition()
        return await self._leases.acquire(self.owner, wanted, TTL_SECONDS, gone=gone, floor=floor)
