"""An ask of a section: who asks, whether they may, why; what they ask, and what the room answers, in the form
of `/ops`.
"""

from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field
from quart import Response, request
from structlog import get_logger
from werkzeug.exceptions import MethodNotAllowed

from mailroom.actors.pages.answer import Live, Problem
from mailroom.actors.pages.ask import Allow, Ask
from mailroom.actors.pages.visit import COMMAND, Visit
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.answering import answered, refused
from mailroom.ingress.asks.body import body_of
from mailroom.ingress.asks.doing import Doing, broken
from mailroom.ingress.asks.live import Lives, wants_stream
from mailroom.ingress.asks.reading import malformed, not_found, read
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.answers import acting
from mailroom.ingress.ops.asked import Reasoned
from mailroom.ingress.ops.asker import Asker, asker

log = get_logger("mailroom.console")

BODY_BYTES_MAX = 1 << 20
"""As all of `/ops` takes: a word to all customers is longer than what a page asks."""
KEY_CHARS_MAX = 100
TRACE_BYTES = 8

Key = Annotated[str, Field(min_length=1, max_length=KEY_CHARS_MAX, pattern=r"^[\x21-\x7e]+$")]


class Looks(BaseModel):
    """Somebody looks: there is nothing for the platform to know."""

    why: ClassVar[str] = ""
    key: ClassVar[str | None] = None


class Acts(Reasoned):
    """Somebody acts, and always says why. With a `key` it is done once, however often it is asked for."""

    key: Key | None = None


def own_of(ask: Ask[Any, Any]) -> type[Looks | Acts]:
    """What the platform itself reads of an ask."""
    return Acts if ask.changes else Looks


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers what sections ask."""

    doing: Doing
    lives: Lives

    async def answer(self, its: BotSection, path: str) -> Response:
        """Answer whoever asks now. Raises `Problem`, and `NotAllowedError` for whom it is not."""
        found = its.table.find(request.method, path)
        if found is None:
            if methods := its.table.methods(path):
                raise MethodNotAllowed(methods)
            raise not_found()
        ask, who = found.ask, asker()
        who.require(ask.may)
        self.doing.check(ask)
        data = await body_of(request, ask, most=BODY_BYTES_MAX)
        question = read(found, request.args.to_dict(flat=False), data, own_of(ask))
        if ask.keyed and question.own.key is None:
            raise malformed(["key: is missing"])
        if ask.allow is not None:
            await _take(its, ask.allow, who)
        visit = Visit(
            bot=its.room.bot,
            door="command" if request.headers.get("User-Agent") == COMMAND else "console",
            person=who.person,
            name=acting(who),
            proofs=who.proofs,
            roles=who.roles,
            trace=token_hex(TRACE_BYTES),
            key=question.own.key or "",
            why=question.own.why,
        )
        return await self._shown(its, ask, visit, await self.doing.do(ask, its.room, visit, question.asked))

    async def _shown(self, its: BotSection, ask: Ask[Any, Any], visit: Visit, answer: Any) -> Response:
        if isinstance(answer, Live):
            if wants_stream(request) and request.method == "GET":
                return self.lives.stream(ask, its.room, answer, in_words)
            answer = await self.doing.look(ask, visit, answer)
        try:
            return answered(answer, request)
        except ValueError:
            log.exception("ask_broken", bot=visit.bot, what=ask.name, trace=visit.trace)
            raise broken() from None


async def _take(its: BotSection, allow: Allow, who: Asker) -> None:
    """One more of what may be asked only so often. Raises `Problem`."""
    take = partial(its.room.allowance.take, most=allow.most, seconds=allow.seconds)
    seconds = await aio(take, f"section_{allow.name}", f"{its.room.bot}:{who.person or 'on-call'}")
    if seconds > 0:
        words = f"asked too often: at most {allow.most} times in {allow.seconds:g} seconds; wait"
        raise Problem("too_often", "too_many", says=words, retry_seconds=seconds)


def in_words(problem: Problem) -> dict[str, Any]:
    """What kept a room from answering, in the form of `/ops`."""
    return {**problem.more, "error": problem.says or problem.code, "code": problem.code}


async def refused_in_words(problem: Problem) -> Response:
    """The answer of it."""
    told = in_words(problem)
    if problem.code == "not_found" and not problem.says:
        told["error"] = f"There is no {request.path}: GET /ops/bots lists what there is."
    return refused(problem, told)
