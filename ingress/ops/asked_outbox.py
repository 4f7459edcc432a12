"""What on-call asks of the outbox over HTTP: which jobs, and what is to be done to them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from mailroom.ingress.ops.asked import IDS_MAX, MOST_MAX, Asked, Reasoned
from mailroom.storage.postgres.outbox.job import KEY_CHARS_MAX
from mailroom.storage.postgres.outbox.seen import State, Wanted
from mailroom.supervisors.oncall.targets import TARGET_CHARS_MAX

MOMENT_MS_MAX = 253_370_764_800_000
"""The year 9999; a later moment is a slip of the finger."""

Word = Annotated[str, Field(max_length=TARGET_CHARS_MAX)]
Moment = Annotated[int, Field(ge=0, le=MOMENT_MS_MAX)]


class JobFilter(Asked):
    """Which jobs; all of them where nothing is said. The times are those of their enqueueing."""

    queue: Word | None = None
    state: State | None = None
    name: Word | None = None
    key: str | None = Field(None, max_length=KEY_CHARS_MAX)
    bot: Word | None = None
    chat: Word | None = None
    trace: Word | None = None
    error: Word | None = None
    since_ms: Moment | None = None
    until_ms: Moment | None = None

    @model_validator(mode="before")
    @classmethod
    def _empty_is_nothing(cls, given: object) -> object:
        """An empty field of a form asks for nothing."""
        return (
            {name: value for name, value in given.items() if value != ""}
            if isinstance(given, dict)
            else given
        )

    @model_validator(mode="after")
    def _chat_has_its_bot(self) -> Self:
        if self.chat is not None and not all(self.chat.partition(":")[::2]):
            raise ValueError("chat: must be a chat, written bot:chat_id")
        return self

    @property
    def wanted(self) -> Wanted:
        """The filter as the store takes it."""
        bot, _, chat = (self.chat or "").partition(":")
        return Wanted(
            queue=self.queue,
            name=self.name,
            state=self.state,
            bot=bot or self.bot,
            chat=chat or None,
            key=self.key,
            trace=self.trace,
            error=self.error,
            since=_moment(self.since_ms),
            until=_moment(self.until_ms),
        )


class JobQuery(JobFilter):
    """Which jobs are shown, and how many."""

    most: int = Field(50, ge=1, le=MOST_MAX)


class JobBulk(Reasoned):
    """Jobs by their ids, or all that a filter finds; without a state that is the dead ones."""

    ids: list[Word] | None = Field(None, max_length=IDS_MAX)
    filter: JobFilter | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError('give either ids or filter; {"filter": {}} means all dead jobs')
        return self

    @property
    def which(self) -> Sequence[str] | Wanted:
        """What on-call's function takes."""
        return self.filter.wanted if self.filter is not None else self.ids or ()


def _moment(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)
