"""A page's asks: who asks, whether they may, how often; what they ask, and what the room answers.

What is refused is answered with {"error", "what_to_do", "code"}, in the language of whoever asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import trio
from pydantic import BaseModel, ConfigDict, Field
from quart import Request, Response
from structlog import get_logger

from mailroom.actors.pages.answer import File, Live, Problem
from mailroom.actors.pages.ask import ANYONE, BEARER, KNOWN, ON_CALL, Ask
from mailroom.actors.pages.visit import Door, Visit
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.answering import answered, is_named, refused, status_of
from mailroom.ingress.asks.body import body_of
from mailroom.ingress.asks.doing import STORE_RETRY_SECONDS, Doing, broken, problem_of
from mailroom.ingress.asks.live import Lives, wants_stream
from mailroom.ingress.asks.reading import not_found, read
from mailroom.ingress.asks.table import Found
from mailroom.ingress.pages.addresses import BOT
from mailroom.ingress.pages.allowances import Allowances
from mailroom.ingress.pages.at_hand import AtHand
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.languages import language_of, languages_of
from mailroom.ingress.pages.visitor import START, Who, not_signed, who_asks, who_bears
from mailroom.ingress.pages.words import told

log = get_logger("mailroom.pages")

LANGUAGE = "lang"
"""What was chosen on the page."""
OURS = frozenset({LANGUAGE, START, BOT})
"""What the platform reads in the address of an ask: no model sees it that has no such field."""
OF_THE_PLATFORM = ANYONE | KNOWN | BEARER | ON_CALL
ROLES_SECONDS = 5.0
"""How long a room may take to say what somebody is."""
READS = ("GET", "HEAD")
STRANGERS_AT_ONCE_MAX = 8
"""Of those who have proved nothing: they must not take the connections of those who have."""
STRANGERS_WAIT_SECONDS = 10.0
KEY = r"^[A-Za-z0-9_-]{16,64}$"


class Key(BaseModel):
    """Made up by the page for one act: asked twice with it, the act is done once."""

    model_config = ConfigDict(extra="forbid")
    key: str | None = Field(None, pattern=KEY)


class Keyed(Key):
    """The same, where it has to be there."""

    key: str = Field(pattern=KEY)


def own_of(ask: Ask[Any, Any]) -> type[Key]:
    """What the platform itself reads of an ask."""
    return Keyed if ask.keyed else Key


@dataclass(frozen=True, slots=True)
class Asks:
    """Answers what pages ask."""

    allowances: Allowances
    doing: Doing
    lives: Lives
    at_hand: AtHand = field(default_factory=AtHand)
    strangers: trio.CapacityLimiter = field(
        default_factory=lambda: trio.CapacityLimiter(STRANGERS_AT_ONCE_MAX)
    )

    async def ask(self, request: Request, here: BotPage, path: str) -> Response:
        """Answer a page."""
        who = Who()
        if request.method in READS and (at_hand := self.at_hand.find(request.full_path)) is not None:
            return answered(at_hand, request, anyone=True)
        try:
            who = await self._who(request, here, here.asks.find(request.method, path))
            await self.allowances.call(request, here, who)
            return await self._answer(request, here, "page", who, here.asks.find(request.method, path))
        except Problem as problem:
            return say(request, here, problem, who)

    async def link(self, request: Request, here: BotPage, token: str, path: str) -> Response:
        """Answer whoever has a link."""
        who = Who()
        try:
            await self.allowances.call(request, here, who)
            who = await who_bears(token, here)
            return await self._answer(request, here, "link", who, here.links.find(request.method, path))
        except Problem as problem:
            return say(request, here, problem, who)

    async def _who(self, request: Request, here: BotPage, found: Found | None) -> Who:
        """Who asks. What is for anyone is answered to those too whose proof proves nothing any more."""
        try:
            return await who_asks(request, here)
        except Problem:
            if found is not None and ANYONE & set(found.ask.may):
                return Who()
            raise

    async def _answer(
        self, request: Request, here: BotPage, door: Door, who: Who, found: Found | None
    ) -> Response:
        if found is None:
            if who.person is None and who.grant is None and door == "page":
                raise not_signed()  # strangers are not told what there is
            raise not_found()
        ask = found.ask
        roles = await self._roles(here, ask, who)
        self.doing.check(ask)
        body = await body_of(request, ask)
        question = read(found, _query(request, ask), body, own_of(ask))
        if ask.allow is not None:
            await self.allowances.take(ask.allow, request, here, who)
        visit = Visit(
            bot=here.bot,
            door=door,
            person=who.person,
            name=who.name,
            proofs=who.proofs,
            roles=roles,
            language=spoken(request, here, who),
            chosen=request.args.get(LANGUAGE) in languages_of(here.page),
            trace=token_hex(8),
            key=question.own.key or "",
            grant=who.grant,
            start=who.start,
            demo=who.demo,
        )
        answer = await self._do(ask, here, visit, question.asked)
        return await self._shown(request, here, ask, who, visit, answer)

    async def _do(self, ask: Ask[Any, Any], here: BotPage, visit: Visit, asked: Any) -> Any:
        """What the room answers. Those who have proved nothing wait for each other. Raises `Problem`."""
        if visit.person is not None or visit.grant is not None:
            return await self.doing.do(ask, here.room, visit, asked)
        try:
            with trio.fail_after(STRANGERS_WAIT_SECONDS):
                await self.strangers.acquire()
        except trio.TooSlowError:
            log.error("page_strangers_wait", bot=here.bot, what=ask.name, trace=visit.trace)
            raise Problem("unavailable", "later", retry_seconds=STORE_RETRY_SECONDS) from None
        try:
            return await self.doing.do(ask, here.room, visit, asked)
        finally:
            self.strangers.release()

    async def _roles(self, here: BotPage, ask: Ask[Any, Any], who: Who) -> frozenset[str]:
        """What the room says they are, where the ask goes by that. Raises `Problem` for whom it is not."""
        may = frozenset(ask.may)
        if may & ANYONE or (may & KNOWN and who.person) or (may & BEARER and who.grant):
            return frozenset()
        if who.person is None and who.grant is None:
            raise not_signed()
        roles: frozenset[str] = frozenset()
        try:
            with trio.fail_after(ROLES_SECONDS):
                if may - OF_THE_PLATFORM:
                    roles = await aio(here.roles, here.room, who.proofs)
        except Exception as error:
            raise problem_of(error, bot=here.bot, what="roles") from error
        if not (roles - OF_THE_PLATFORM) & may:
            raise Problem("forbidden", "forbidden")
        return roles

    async def _shown(
        self, request: Request, here: BotPage, ask: Ask[Any, Any], who: Who, visit: Visit, answer: Any
    ) -> Response:
        if isinstance(answer, Live):
            if wants_stream(request) and request.method == "GET":
                language = spoken(request, here, who)
                return self.lives.stream(ask, here.room, answer, lambda one: told(one, here.page, language))
            answer = await self.doing.look(ask, visit, answer)
        anyone = bool(ANYONE & set(ask.may))
        if anyone and isinstance(answer, File) and is_named(answer, request):
            self.at_hand.keep(request.full_path, answer)
        try:
            return answered(answer, request, anyone=anyone)
        except ValueError:
            log.exception("ask_broken", bot=here.bot, what=ask.name, trace=visit.trace)
            raise broken() from None


def say(request: Request, here: BotPage, problem: Problem, who: Who) -> Response:
    """A problem, to somebody."""
    response = refused(problem, told(problem, here.page, spoken(request, here, who)))
    if status_of(problem) == 401 and "telegram" in here.page.enter:
        response.headers["WWW-Authenticate"] = "tma"
    return response


def spoken(request: Request, here: BotPage, who: Who) -> str:
    """The language in which somebody is answered."""
    chosen = request.args.get(LANGUAGE)
    return language_of(languages_of(here.page), chosen, who.language, request.accept_languages)


def _query(request: Request, ask: Ask[Any, Any]) -> Mapping[str, Sequence[str]]:
    ours = OURS - set(ask.model.model_fields)
    return {name: values for name, values in request.args.lists() if name not in ours}
