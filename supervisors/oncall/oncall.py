"""On-call: what needs it (`attention`), what can be seen (`look`, `past`), what can be done to what runs
(`act`), to messages that failed for good (`letters`), to jobs (`jobs`), to the dead of both (`dead`), to lost
payments (`payments`), to periodic work (`periodic`), to stores that went back (`restored`), and to people who
work in the console (`people`), and what people did with bots (`events`); the same for the console, `/ops` and
the command line.

Awaited on the asyncio side, in any process; a command line needs nothing but a line to Redis, and Postgres
only where it is about jobs.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailroom.storage.redis.batch import Line
from mailroom.supervisors.oncall.acting import Acting
from mailroom.supervisors.oncall.attention import Attention
from mailroom.supervisors.oncall.context import Context
from mailroom.supervisors.oncall.dead import AllDead
from mailroom.supervisors.oncall.events import BotEvents
from mailroom.supervisors.oncall.jobs import Jobs
from mailroom.supervisors.oncall.letters import Letters
from mailroom.supervisors.oncall.looking import Looking
from mailroom.supervisors.oncall.outbox import Database
from mailroom.supervisors.oncall.past import LookingBack
from mailroom.supervisors.oncall.payments import Payments
from mailroom.supervisors.oncall.people import PeopleAtWork
from mailroom.supervisors.oncall.periodic import PeriodicWork
from mailroom.supervisors.oncall.reports import By
from mailroom.supervisors.oncall.restored import Restored

if TYPE_CHECKING:
    from mailroom.supervisors.oncall.node import LocalNode


@dataclass(frozen=True, slots=True)
class OnCall:
    """All of it, by parts. Calls may raise `OnCallError`, and `StoreError` where Redis does not answer."""

    attention: Attention
    look: Looking
    past: LookingBack
    act: Acting
    letters: Letters
    jobs: Jobs
    dead: AllDead
    payments: Payments
    periodic: PeriodicWork
    restored: Restored
    people: PeopleAtWork
    events: BotEvents
    context: Context

    @classmethod
    def over(cls, line: Line, *, local: "LocalNode | None" = None, database: Database = None) -> "OnCall":
        """`local` is the process we are in: it is asked directly, also while Redis is away. `database` is the
        pool of Postgres, or what opens one when jobs are asked for first; without it everything else works.
        """
        context = Context(line, local=local, database=database)
        look, letters, jobs = Looking(context), Letters(context), Jobs(context)
        return cls(
            attention=Attention(context, look),
            look=look,
            past=LookingBack(context),
            act=Acting(context),
            letters=letters,
            jobs=jobs,
            dead=AllDead(context, letters, jobs),
            payments=Payments(context),
            periodic=PeriodicWork(context),
            restored=Restored(context),
            people=PeopleAtWork(context),
            events=BotEvents(context),
            context=context,
        )

    async def refused(self, by: By, what: str) -> None:
        """Write down that somebody asked for what is not theirs; `by.why` says whose it is."""
        await self.context.refused(by, what)
