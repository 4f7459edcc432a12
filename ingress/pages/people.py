"""`/app/BOT/api/_…`: what a page asks the platform itself, so that it is known who is there.

POST   _code          a one-time code to an address
POST   _enter         the code: the address is proved, in this browser or for whoever is there already
POST   _leave         log out here, or everywhere
GET    _sessions      where somebody is logged in
DELETE _sessions/N    no more there
POST   _push          show notices here
DELETE _push          no more

They are asked and refused like the asks of a page's own.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any, TypeVar

from pydantic import BaseModel
from quart import Request, Response
from structlog import get_logger

from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import ANYONE, KNOWN, Ask, Asked, Method
from mailroom.actors.pages.visit import Visit
from mailroom.ingress.asks.answering import in_json
from mailroom.ingress.asks.body import body_of
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.asks.reading import not_found, read
from mailroom.ingress.asks.table import Table
from mailroom.ingress.pages.about import ABOUT, about
from mailroom.ingress.pages.allowances import Allowances
from mailroom.ingress.pages.asks import Asks, say
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.called import LANGUAGE, Called
from mailroom.ingress.pages.caller import Caller, Told
from mailroom.ingress.pages.codes import AskedCode, AskedEnter, enter_code, send_code, wide
from mailroom.ingress.pages.logins import AskedLeave, OfLogin, end_login, leave_page, logins
from mailroom.ingress.pages.pushes import AskedNoPush, AskedPush, push_here, push_no_more
from mailroom.ingress.pages.sessions import LOOKS, is_of_the_page, not_of_the_page, put_cookie
from mailroom.ingress.pages.visitor import who_asks
from mailroom.ingress.pages.who import not_signed

log = get_logger("mailroom.pages")

M = TypeVar("M", bound=BaseModel)


class _Nothing(BaseModel):
    """The platform reads nothing else of these."""


def _own(
    method: Method,
    path: str,
    model: type[M],
    does: Callable[[Caller, M], Awaitable[Told]],
    may: Collection[str],
    *,
    changes: bool = True,
) -> Ask[Any, Any]:
    """An ask that is done for the caller, and not in a room."""
    function: Any = does
    return Ask(method, path, model, function, may, changes=changes)


ASKS = Table(
    [
        _own("POST", "/_code", AskedCode, send_code, ANYONE),
        _own("POST", "/_enter", AskedEnter, enter_code, ANYONE),
        # Whoever wants out gets out, whatever is held.
        _own("POST", "/_leave", AskedLeave, leave_page, ANYONE, changes=False),
        _own("GET", "/_sessions", Asked, logins, KNOWN),
        _own("DELETE", "/_sessions/{id}", OfLogin, end_login, KNOWN, changes=False),
        _own("POST", "/_push", AskedPush, push_here, KNOWN),
        _own("DELETE", "/_push", AskedNoPush, push_no_more, KNOWN),
    ]
)
OF_CODES = frozenset({"/_code", "/_enter"})
"""What is there only on a page that people can enter by a code."""


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """Answers what is asked of the platform itself, whoever has carried it."""

    allowances: Allowances
    doing: Doing

    async def answer(self, here: BotPage, called: Called, about: str) -> Told:
        """What somebody is answered, whose browser calls itself `about`. Raises `Problem`."""
        await self.allowances.call(called.network, here, called.who)
        found = ASKS.find(called.call.method, called.call.path)
        if found is None or (found.ask.path in OF_CODES and "code" not in here.ways):
            raise not_found()
        ask, who = found.ask, called.who
        if who.person is None and not ANYONE & set(ask.may):
            raise not_signed()
        self.doing.check(ask)
        query = {name: values for name, values in called.call.query.items() if name != LANGUAGE}
        question = read(found, query, await body_of(called.call, ask), _Nothing)
        caller = Caller(here, who, called.language_of(here.page), wide(called.network), about)
        does: Any = ask.function

        async def done(_room: Room[Any], _visit: Visit, asked: Any) -> Told:
            told: Told = await does(caller, asked)
            return told

        visit = Visit(bot=here.bot, interface="page", person=who.person, trace=token_hex(8))
        told: Told = await self.doing.do(replace(ask, function=done), here.room, visit, question.asked)
        return told


@dataclass(frozen=True, slots=True)
class OwnAsks:
    """The same over HTTP."""

    answers: OwnAnswers
    asks: Asks

    async def about(self, request: Request, here: BotPage) -> Response:
        """What a page has to know of itself, and who is there: nobody, where what they say proves nothing."""
        called = self.asks.called(request, f"/{ABOUT}")
        try:
            try:
                called = replace(called, who=await who_asks(request, here))
            except Problem as problem:
                if problem.wrong != "unknown":
                    raise
            await self.answers.allowances.call(called.network, here, called.who)
            return in_json(about(here, called.language_of(here.page), called.who))
        except Problem as problem:
            return say(here, problem, called)

    async def ask(self, request: Request, here: BotPage, path: str) -> Response:
        """Answer a page."""
        called = self.asks.called(request, path)
        try:
            # Also whoever has no cookie yet: nobody is to be logged in as somebody by another site.
            if request.method not in LOOKS and not is_of_the_page(request):
                raise not_of_the_page(request, here)
            called = replace(called, who=await who_asks(request, here))
            told = await self.answers.answer(here, called, request.headers.get("User-Agent", ""))
        except Problem as problem:
            return say(here, problem, called)
        response = in_json(told.data)
        if told.token is not None:
            put_cookie(response, request, here.bot, told.token)
        return response
