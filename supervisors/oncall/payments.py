"""On-call and lost payments: what gateways have of ours, and this database does not know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from mailroom.actors.providers.payments import Money
from mailroom.supervisors.oncall.context import Context, checked
from mailroom.supervisors.oncall.errors import OnCallError, UnknownTargetError
from mailroom.supervisors.oncall.job_reports import in_ms
from mailroom.supervisors.oncall.outcomes import counted
from mailroom.supervisors.oncall.reports import By, Outcome

if TYPE_CHECKING:
    from mailroom.storage.postgres.lost_payments import LostPayment

REF_SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class LostReport:
    """A lost payment as on-call sees it. `ending` is empty while it waits for a person."""

    ref: str
    account: str
    """By its name in the settings."""
    provider_id: str
    state: str
    money: str
    about: Mapping[str, str]
    made_ms: int
    found_ms: int
    ending: str = ""
    ended_ms: int = 0
    ended_by: str = ""
    why: str = ""
    amount_minor: int = 0
    """What is left of `money`, in the currency's smallest unit."""
    currency: str = ""


class Payments:
    """What on-call can see and do of lost payments."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def lost(self, *, ended_too: bool = False) -> list[LostReport]:
        """Those that were paid and wait for a person, the oldest first; or all that were ever found."""
        from mailroom.storage.postgres.lost_payments import lost_payments

        async with self._context.outbox.look() as pool:
            found = await lost_payments(pool, ended_too=ended_too)
        return [_report(lost) for lost in found]

    async def end(self, ref: str, ending: str, by: By) -> Outcome:
        """Say what became of a lost payment. It moves no money: that was done, or is not to be done."""
        from mailroom.storage.postgres.lost_payments import Ending, end_lost

        async def act() -> Outcome:
            who = checked(by)
            word = next((one for one in get_args(Ending) if one == ending), None)
            if word is None:
                raise OnCallError(
                    f"A lost payment ends as {', '.join(get_args(Ending))}, not as {ending[:40]!r}."
                )
            async with self._context.outbox.look() as pool:
                ended = await end_lost(pool, ref, word, by=who.who, why=who.why)
            if not ended:
                raise _not_waiting(ref)
            return Outcome(ref, f"{ref} is {word.replace('_', ' ')}.")

        return await self._context.intervene("end lost payment", ref[:REF_SHOWN_MAX], by, act)

    async def give_back(self, refs: Sequence[str], by: By) -> Outcome:
        """Have the money of lost payments go back through their gateways: of these, or of all that wait. Each
        is ended when it has gone; what cannot go becomes a dead job that says why.
        """
        from mailroom.actors.paying.lost_back import lost_back_job
        from mailroom.storage.postgres.lost_payments import lost_payments
        from mailroom.storage.postgres.outbox.enqueue import enqueue

        async def act() -> Outcome:
            who = checked(by)
            async with self._context.outbox.look() as pool:
                open_ = {lost.ref: lost for lost in await lost_payments(pool)}
                unknown = [ref for ref in refs if ref not in open_]
                if unknown:
                    raise _not_waiting(unknown[0])
                jobs = [lost_back_job(open_[ref], by=who.who, why=who.why) for ref in refs or open_]
                async with pool.acquire() as connection, connection.transaction():
                    await enqueue(connection, jobs)
            says = (
                f"{counted(len(jobs), 'payment')} will go back; `mailroom payments lost` shows what has not."
            )
            return Outcome(target, says, done=len(jobs))

        target = ", ".join(refs)[:REF_SHOWN_MAX] or "all lost payments"
        return await self._context.intervene("give lost payment back", target, by, act)


def _not_waiting(ref: str) -> UnknownTargetError:
    return UnknownTargetError(
        f'No lost payment "{ref[:REF_SHOWN_MAX]}" waits: `mailroom payments lost` shows which do.'
    )


def _report(lost: "LostPayment") -> LostReport:
    return LostReport(
        lost.ref,
        lost.provider,
        lost.provider_id,
        lost.state,
        str(Money(lost.amount_minor - lost.refunded_minor, lost.currency)),
        lost.about,
        in_ms(lost.made_at),
        in_ms(lost.found_at),
        lost.ending or "",
        in_ms(lost.ended_at),
        lost.ended_by or "",
        lost.why or "",
        lost.amount_minor - lost.refunded_minor,
        lost.currency,
    )
