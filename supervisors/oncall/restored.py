"""On-call and stores that went back: what was lost, what the gateways say, and the word to go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailroom.storage.redis.pair import RedisPair
from mailroom.storage.redis.suspensions import HELD_BY
from mailroom.supervisors.oncall.context import Context, read_target
from mailroom.supervisors.oncall.errors import OnCallError
from mailroom.supervisors.oncall.orders import ACT_SECONDS, LOOK_SECONDS, Order
from mailroom.supervisors.oncall.reports import By, Outcome

if TYPE_CHECKING:
    from mailroom.supervisors.pairing.kept import Asked

JOBS = "jobs"
"""The node of the tree that a hold puts aside beside all chats."""


@dataclass(frozen=True, slots=True)
class RestoredReport:
    """Whether the two stores fit together. While they do not, `says` tells why, and nothing acts.

    `gateways` says what came of asking each for payments that are unknown here: `listed`, `not_yet: why`, or
    `impossible`, where a person has to compare what the gateway's cabinet shows.
    """

    installation: str
    held: bool
    says: str
    since_ms: int = 0
    back_to_ms: int = 0
    seconds: float = 0.0
    asking: bool = False
    """Whether a gateway is still to be asked."""
    gateways: Mapping[str, str] = field(default_factory=dict)
    redis_lost: str = ""


class Restored:
    """What on-call can see and do of stores that were restored."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def state(self) -> RestoredReport:
        """Whether the stores fit together, and what was lost where they do not."""
        from mailroom.storage.postgres.lost_payments import lost_sums
        from mailroom.storage.postgres.pair import PostgresPair
        from mailroom.supervisors.pairing import words
        from mailroom.supervisors.pairing.kept import read_asked, read_hold, read_lost

        async with self._context.outbox.look() as pool:
            found = await PostgresPair(pool).read()
            sums = await lost_sums(pool)
        held, lost = read_hold(found.held), read_lost(found.lost)
        now_ms = int(found.now.timestamp() * 1000)
        told = str(lost) if lost is not None and lost.still_told(now_ms) else ""
        asked = read_asked(found.asked)
        gateways = {name: _in_words(one) for name, one in asked.items()}
        asking = found.ask_from is not None
        if held is None:
            says = "The stores fit together."
            return RestoredReport(found.id, False, says, asking=asking, gateways=gateways, redis_lost=told)
        says = words.story(held, {name: one.state for name, one in asked.items()}, sums)
        return RestoredReport(
            found.id, True, f"{says}.", held.since_ms, held.back_to_ms or 0, held.seconds or 0.0,
            asking, gateways, told,
        )  # fmt: skip

    async def go_on(self, by: By, *, unasked: bool = False) -> Outcome:
        """End the hold: chats and jobs go on. Refused while a gateway is still to be asked which payments are
        unknown here, unless on-call goes on `unasked`. Safe to repeat.
        """

        async def act() -> Outcome:
            from mailroom.storage.postgres.pair import PostgresPair
            from mailroom.supervisors.pairing.guard import HELD_TARGETS

            report = await self.state()
            if not report.held:
                return Outcome("stores", "The stores fit together: there was nothing to do.", done=0)
            if report.asking and not unasked:
                raise OnCallError(_not_asked(report))
            redis = await RedisPair(self._context.line).read()
            async with self._context.outbox.look() as pool:
                await PostgresPair(pool).go(redis.postgres if redis is not None else 0)
            notes = await self._context.suspensions.noted(HELD_TARGETS)
            kept = {target: note for target, note in notes.items() if note.who != HELD_BY}
            for target in notes.keys() - kept.keys():
                await self._context.suspensions.lift(target)
            # The processes would find out by themselves, with their next beat.
            situation = await self._context.situation()
            reload = Order("reload", targets=("everything",), forgive=True)
            await self._context.rpc.ask_all(situation.workers, reload, LOOK_SECONDS)
            await self._context.rpc.ask_all(situation.having(JOBS), Order("start", path=JOBS), ACT_SECONDS)
            says = "Chats and jobs go on."
            if kept:
                others = ", ".join(str(read_target(target)) for target in kept)
                says = f"The stores hold nothing any more, but {others} was suspended by somebody else."
            return Outcome("stores", says)

        return await self._context.intervene("go on", "stores", by, act)


def _in_words(asked: "Asked") -> str:
    return f"{asked.state}: {asked.why}" if asked.why else asked.state


def _not_asked(report: RestoredReport) -> str:
    waiting = [
        f"{name} ({state.removeprefix('not_yet: ')})"
        for name, state in report.gateways.items()
        if state.startswith("not_yet")
    ]
    which = ", ".join(waiting) or "no process has done so yet: start a worker"
    return (
        f"Gateways are still to be asked which payments are unknown here: {which}. To go on all the same, say"
        " so: payments made since the backup are then found by the next listing, if at all."
    )
