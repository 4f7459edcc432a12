"""A section's asks over HTTP: who asks, and the room's answer as a response, in the form of `/ops`."""

from dataclasses import dataclass
from typing import Any

from quart import Response, request
from structlog import get_logger

from mailroom.actors.pages.answer import Live, Problem
from mailroom.actors.pages.visit import COMMAND, Interface
from mailroom.ingress.asks.answered import Answered
from mailroom.ingress.asks.answering import answered, refused
from mailroom.ingress.asks.call import call_of
from mailroom.ingress.asks.doing import Doing, broken
from mailroom.ingress.asks.live import Lives, wants_stream
from mailroom.ingress.console.answers import answer
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.answers import acting
from mailroom.ingress.ops.asker import asker

log = get_logger("mailroom.console")


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers what sections ask."""

    doing: Doing
    lives: Lives

    async def answer(self, its: BotSection, path: str) -> Response:
        """Answer whoever asks now. Raises `Problem`, and `NotAllowedError` for whom it is not."""
        who = asker()
        interface: Interface = "command" if request.headers.get("User-Agent") == COMMAND else "console"
        call = call_of(request, path)
        return await self._shown(
            its, await answer(self.doing, its, call, who, name=acting(who), interface=interface)
        )

    async def _shown(self, its: BotSection, done: Answered) -> Response:
        answer = done.answer
        if isinstance(answer, Live):
            if wants_stream(request) and request.method == "GET":
                return self.lives.stream(done.ask, its.room, answer, in_words)
            answer = await self.doing.look(done.ask, done.visit, answer)
        try:
            return answered(answer, request)
        except ValueError:
            log.exception("ask_broken", bot=done.visit.bot, what=done.ask.name, trace=done.visit.trace)
            raise broken() from None


def in_words(problem: Problem) -> dict[str, Any]:
    """What kept a room from answering, in the form of `/ops`."""
    return {**problem.more, "error": problem.says or problem.code, "code": problem.code}


async def refused_in_words(problem: Problem) -> Response:
    """The answer of it."""
    told = in_words(problem)
    if problem.code == "not_found" and not problem.says:
        told["error"] = f"There is no {request.path}: GET /ops/bots lists what there is."
    return refused(problem, told)
