"""What people did with bots (`Room.event`), counted: how many came how far."""

from dataclasses import dataclass

from mailroom.supervisors.oncall.context import Context
from mailroom.supervisors.oncall.job_reports import in_ms


@dataclass(frozen=True, slots=True)
class EventReport:
    """Events of one name: how many, of how many people, and when the last was. Those that are nobody's count
    no people.
    """

    bot: str
    name: str
    events: int
    people: int
    last_ms: int


class BotEvents:
    """What can be seen of them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def tallied(self, days: int, bot: str | None = None) -> list[EventReport]:
        """Of the last days, by bot and then by how many people."""
        from mailroom.storage.postgres.room_events import RoomEventRows

        async with self._context.outbox.look() as pool:
            found = await RoomEventRows(pool).tallied(days, bot)
        return [EventReport(one.bot, one.name, one.events, one.people, in_ms(one.last_at)) for one in found]
