"""The lease on the chats: held by heartbeats, given up in time, fenced in Redis.

    waiting ──acquired, fences raised──► owning ──no heartbeat for a TTL, or taken over──► lost ──► waiting

The owner stops itself before its lease can have run out, judged by its own monotonic clock, so that a process
that was stopped (SIGSTOP) or cut off finds out on its own. Should it be late all the same, the fence in Redis
refuses what it writes.
"""

import os
import socket
import time
from collections.abc import Callable, Sequence

import psutil
import trio
from prometheus_client import Gauge
from structlog import get_logger

from actors.runtime.bridge import aio
from storage.errors import Fenced, StoreUnavailable
from storage.postgres.lease import Held, Leases
from storage.redis.mailbox import Mailboxes, every_partition

log = get_logger("mailroom.ownership")

TTL_SECONDS = 6.0
"""How long a silent owner is waited for."""
HEARTBEAT_SECONDS = 2.0
MARGIN_SECONDS = 1.0
"""How long before the end of its lease an owner stops: more than any commit takes."""

EPOCH = Gauge("mailroom_ownership_epoch", "The epoch this process commits with; 0 while it owns nothing")


class Ownership:
    """The right of this process to work the chats. `epoch` is asked before every write."""

    def __init__(
        self, leases: Leases, mailboxes: Mailboxes, *, sole: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{int(time.time())}"
        self.partitions: tuple[int, ...] = ()
        self._leases = leases
        self._mailboxes = mailboxes
        self._sole = sole
        self._clock = clock
        self._epoch = 0
        self._until = 0.0
        self._given_up = trio.Event()

    @property
    def epoch(self) -> int:
        """The epoch to write with. Raises `Fenced` when the lease has run out or was taken over."""
        if self._clock() >= self._until:
            raise Fenced("the lease on the chats has run out")
        return self._epoch

    @property
    def held(self) -> bool:
        """Whether we own the chats now."""
        return self._clock() < self._until

    @property
    def held_epoch(self) -> int:
        """The epoch, for whoever only looks; 0 while we own nothing."""
        return self._epoch if self.held else 0

    async def acquire(self) -> None:
        """Wait until the chats are ours. A `sole` process takes them at once: the person who started it says
        there is no other.
        """
        floor = 0
        while True:
            try:
                began = self._clock()
                held = await aio(self._take, floor)
                if len(held.partitions) == len(every_partition()):
                    await aio(self._mailboxes.raise_fences, held.partitions, held.epoch)
                    self._epoch, self.partitions = held.epoch, held.partitions
                    self._until = began + TTL_SECONDS - MARGIN_SECONDS
                    self._given_up = trio.Event()
                    # Whoever took the chats from us since is newer: two that take by force would never stop.
                    self._sole = False
                    EPOCH.set(held.epoch)
                    log.info("chats_owned", epoch=held.epoch, owner=self.owner)
                    return
                log.info("waiting_for_chats", why="another process owns them", free=len(held.partitions))
                await aio(self._leases.release, self.owner, held.epoch)
            except Fenced as error:
                floor = error.standing + 1
                log.warning("epoch_behind_redis", why=str(error))
                continue
            except StoreUnavailable as error:
                log.warning("waiting_for_chats", why=str(error))
            await trio.sleep(HEARTBEAT_SECONDS / 2)

    async def keep(self) -> None:
        """Hold the lease by heartbeats. Returns when it is lost."""
        while True:
            with trio.move_on_after(HEARTBEAT_SECONDS):
                await self._given_up.wait()
            began = self._clock()
            if not self.held:
                break
            try:
                with trio.move_on_after(HEARTBEAT_SECONDS):
                    kept = await aio(self._leases.renew, self.owner, self._epoch, TTL_SECONDS)
                    if len(kept) < len(self.partitions):
                        break
                    self._until = began + TTL_SECONDS - MARGIN_SECONDS
            except StoreUnavailable as error:
                log.warning(
                    "heartbeat_failed", why=str(error), left_seconds=round(self._until - self._clock(), 1)
                )
        log.error("chats_lost", epoch=self._epoch, owner=self.owner)
        self.give_up()

    def give_up(self) -> None:
        """Write nothing from now on, and have `keep` return. To be called in Trio."""
        self._until = 0.0
        self._given_up.set()
        EPOCH.set(0)

    async def release(self) -> None:
        """Let the next owner begin at once."""
        epoch, self._epoch = self._epoch, 0
        self.give_up()
        if epoch:
            try:
                await aio(self._leases.release, self.owner, epoch)
            except StoreUnavailable as error:
                log.warning("lease_not_released", why=str(error), free_in_seconds=TTL_SECONDS)

    async def _take(self, floor: int) -> Held:
        gone = [row["owner"] for row in await self._leases.owners() if _is_gone(row["owner"])]
        wanted: Sequence[int] = every_partition()
        return await self._leases.acquire(
            self.owner, wanted, TTL_SECONDS, force=self._sole, gone=gone, floor=floor
        )


def _is_gone(owner: str) -> bool:
    """Whether an owner was a process of this machine that has ended: its lease need not be waited for."""
    host, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return True  # an earlier process of the same number, as in a container where it is always 1
    return not psutil.pid_exists(int(pid))
