"""Keeps an eye on the two stores for as long as the process lives, and has nothing act while they do not fit.

A hold is what on-call's suspensions are: all chats, and the jobs. So messages and notices are taken in and
wait, whatever runs comes to its end, every process obeys, and a restart changes nothing. It is put back where
somebody lifts it, until on-call says go.
"""

from collections.abc import Awaitable, Callable

import trio
from prometheus_client import Gauge
from structlog import get_logger

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreError
from mailroom.storage.redis.audit import Audit
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.suspensions import EVERYTHING, HELD_BY, Suspensions
from mailroom.supervisors.otp.child import Life
from mailroom.supervisors.pairing.asking import Asking
from mailroom.supervisors.pairing.check import BEAT_SECONDS, Pairing, StoresDoNotFitError
from mailroom.supervisors.pairing.words import SHOW_GO, story

log = get_logger("mailroom.pairing")

HELD_TARGETS = (EVERYTHING, "node/jobs")
"""All chats, with their timers; all queues, with periodic work and broadcasts."""
ANSWER_SECONDS_MAX = 10.0
"""A beat that takes longer is broken off; nothing is left half done by that."""

HELD = Gauge("mailroom_stores_held", "Whether nothing acts because Postgres and Redis do not fit together")
LOST = Gauge("mailroom_redis_lost", "Whether Redis was found to have lost something within the hour")


class Guard:
    """The beats of one process. `agree` has it obey what is suspended now; `refuse` ends it."""

    def __init__(
        self,
        pairing: Pairing,
        line: Line,
        *,
        agree: Callable[[], Awaitable[None]],
        refuse: Callable[[str], None],
        asking: Asking | None = None,
    ) -> None:
        self._pairing = pairing
        self._asking = asking
        self._suspensions = Suspensions(line)
        self._audit = Audit(line)
        self._agree = agree
        self._refuse = refuse
        self._silent = False
        self._obeyed = pairing.held is not None

    async def live(self, life: Life) -> None:
        """Beat for ever: a child of the tree that does not trap exits."""
        life.details = self._details
        life.started()
        async with trio.open_nursery() as nursery:
            if self._asking is not None:
                nursery.start_soon(self._asking.live)
            while True:
                await self.run_once()
                await trio.sleep(BEAT_SECONDS)

    async def run_once(self) -> None:
        """Beat, and see to it that what is held is suspended, and nothing else."""
        try:
            with trio.fail_after(ANSWER_SECONDS_MAX):
                await aio(self._pairing.check)
                changed = await aio(self.enforce)
        except StoresDoNotFitError as error:
            self._refuse(str(error))
            return
        except (StoreError, trio.TooSlowError) as error:
            if not self._silent:  # the probes of the stores tell of it again and again
                log.warning("stores_not_compared", why=str(error) or type(error).__name__)
            self._silent = True
            return
        self._silent = False
        held = self._pairing.held is not None
        if changed or held != self._obeyed:
            await aio(self._agree)
            self._obeyed = held

    async def enforce(self) -> bool:
        """Suspend what is held, lift what is not any more. Returns whether something had to be done. To be
        awaited in asyncio.
        """
        held, lost = self._pairing.held, self._pairing.lost
        HELD.set(held is not None)
        LOST.set(lost is not None)
        notes = await self._suspensions.noted(HELD_TARGETS)
        if held is not None:
            wanted = [target for target in HELD_TARGETS if target not in notes]
            for target in wanted:
                await self._suspensions.put(target, HELD_BY, f"{held}: {SHOW_GO}")
        else:
            wanted = [target for target, note in notes.items() if note.who == HELD_BY]
            for target in wanted:
                await self._suspensions.lift(target)
        if wanted:
            await self._audit.write(
                who=HELD_BY,
                action="suspend" if held else "resume",
                target=", ".join(wanted),
                why=str(held) if held else "the stores fit together",
                outcome=f"nothing acts until {SHOW_GO}" if held else "chats and jobs go on",
            )
        return bool(wanted)

    async def warnings(self) -> dict[str, str]:
        """What `/readyz` warns of: everything is served all the same."""
        found = {}
        if (held := self._pairing.held) is not None:
            asked = {name: one.state for name, one in self._pairing.asked.items()}
            found["warning_stores"] = story(held, asked, self._asking.sums if self._asking else ())
        if (lost := self._pairing.lost) is not None:
            found["warning_redis_lost"] = str(lost)
        return found

    def _details(self) -> dict[str, str | int | float]:
        told = {"held": self._pairing.held, "lost": self._pairing.lost}
        return {name: str(what) for name, what in told.items() if what is not None}
