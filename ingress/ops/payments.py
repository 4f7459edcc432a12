"""`/ops/payments`: payments that are lost, as JSON over HTTP; a router like the rest of `/ops`."""

from functools import partial
from typing import Annotated, Self

from pydantic import Field, model_validator
from quart import Blueprint, Response

from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.detached import Detached
from mailroom.ingress.ops.answers import body, by, finished, query, shown
from mailroom.ingress.ops.asked import IDS_MAX, Asked, Reasoned
from mailroom.ingress.ops.asked_outbox import Word
from mailroom.supervisors.oncall.oncall import OnCall

WORD_CHARS_MAX = 40


class LostQuery(Asked):
    """Which lost payments."""

    all: bool = False


class Ended(Reasoned):
    """What became of a lost payment."""

    ending: Annotated[str, Field(max_length=WORD_CHARS_MAX)]


class GivenBack(Reasoned):
    """Which lost payments are to go back: these, or all."""

    refs: list[Word] = Field(default=[], max_length=IDS_MAX)
    all: bool = False

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if bool(self.refs) == self.all:
            raise ValueError("refs: say which, or all")
        return self


def add_payments(ops: Blueprint, oncall: OnCall, detached: Detached) -> None:
    """Build the routes."""

    @ops.get("/payments/lost")
    async def lost_payments() -> Response:
        """Paid payments that bear our name and have no row: ?all=true, also those that are over."""
        asked = query(LostQuery)
        return shown(await aio(partial(oncall.payments.lost, ended_too=asked.all)))

    @ops.post("/payments/lost/give-back")
    async def give_lost_back() -> Response:
        """Have money go back through its gateway. Body: refs, or all=true, why."""
        asked = await body(GivenBack)
        return await finished(detached, partial(oncall.payments.give_back, asked.refs, by(asked)))

    @ops.post("/payments/lost/<ref>/end")
    async def end_lost_payment(ref: str) -> Response:
        """Say what became of one. Body: ending (delivered, credited, given_back), why."""
        asked = await body(Ended)
        return await finished(detached, partial(oncall.payments.end, ref, asked.ending, by(asked)))
