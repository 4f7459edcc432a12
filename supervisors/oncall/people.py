"""On-call and the people who work in the console: who is logged in, and to log somebody out everywhere."""

from dataclasses import dataclass

from mailroom.supervisors.oncall.context import Context
from mailroom.supervisors.oncall.errors import UnknownTargetError
from mailroom.supervisors.oncall.job_reports import in_ms
from mailroom.supervisors.oncall.reports import By, Outcome

PEOPLE_MAX = 1_000


@dataclass(frozen=True, slots=True)
class PersonReport:
    """Somebody who is logged in, from so many browsers. `person` is what they have proved, as `tg:7001`;
    `name` is what they are called. `until_ms` is when the last of their sessions ends by itself.
    """

    person: str
    name: str
    sessions: int
    since_ms: int
    until_ms: int


class PeopleAtWork:
    """What on-call can see and do of them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def logged_in(self) -> list[PersonReport]:
        """Who is, who came last first."""
        from mailroom.storage.postgres.console_people import logged_in

        async with self._context.outbox.look() as pool:
            found = await logged_in(pool, PEOPLE_MAX)
        return [
            PersonReport(one.address, one.name, one.sessions, in_ms(one.began_at), in_ms(one.until))
            for one in found
        ]

    async def log_out(self, person: str, by: By) -> Outcome:
        """End all sessions of somebody, and the links that wait for them. Whoever has a role at a bot may log
        in anew: it is the room that says who has.
        """

        async def act() -> Outcome:
            from mailroom.storage.postgres.console_people import end_sessions_of

            async with self._context.outbox.look() as pool:
                ended = await end_sessions_of(pool, person.strip())
            if not ended:
                words = f'Nobody is logged in as "{person[:100]}": `mailroom people` shows who is.'
                raise UnknownTargetError(words)
            return Outcome(person.strip(), f"{person.strip()} is logged out everywhere.", done=ended)

        return await self._context.intervene("log out", person, by, act)
