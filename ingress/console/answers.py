"""What a room answers in its section of the console, whoever has carried the question: whether they may, how
often, why; what they ask, and what the room does. HTTP is made of it by `asking.py`.
"""

from functools import partial
from secrets import token_hex
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field
from werkzeug.exceptions import MethodNotAllowed

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import Allow, Ask
from mailroom.actors.pages.visit import Interface, Visit
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.answered import Answered
from mailroom.ingress.asks.body import body_of
from mailroom.ingress.asks.call import Call
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.asks.reading import malformed, not_found, read
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.asked import Reasoned
from mailroom.ingress.ops.asker import Asker

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


async def answer(
    doing: Doing, its: BotSection, call: Call, who: Asker, *, name: str, interface: Interface = "console"
) -> Answered:
    """What somebody is answered, who acts under a name. Raises `Problem`; `NotAllowedError` for whom it is
    not, and `MethodNotAllowed` for what can be asked in another way.
    """
    found = its.table.find(call.method, call.path)
    if found is None:
        if methods := its.table.methods(call.path):
            raise MethodNotAllowed(methods)
        raise not_found()
    ask = found.ask
    who.require(ask.may)
    doing.check(ask)
    data = await body_of(call, ask, most=BODY_BYTES_MAX)
    question = read(found, call.query, data, own_of(ask))
    if ask.keyed and question.own.key is None:
        raise malformed(["key: is missing"])
    if ask.allow is not None:
        await _take(its, ask.allow, who)
    visit = Visit(
        bot=its.room.bot,
        interface=interface,
        person=who.person,
        name=name,
        proofs=who.proofs,
        roles=who.roles,
        trace=token_hex(TRACE_BYTES),
        key=question.own.key or "",
        why=question.own.why,
    )
    return Answered(ask, visit, await doing.do(ask, its.room, visit, question.asked))


async def _take(its: BotSection, allow: Allow, who: Asker) -> None:
    """One more of what may be asked only so often. Raises `Problem`."""
    take = partial(its.room.allowance.take, most=allow.most, seconds=allow.seconds)
    seconds = await aio(take, f"section_{allow.name}", f"{its.room.bot}:{who.person or 'on-call'}")
    if seconds > 0:
        words = f"asked too often: at most {allow.most} times in {allow.seconds:g} seconds; wait"
        raise Problem("too_often", "too_many", says=words, retry_seconds=seconds)
