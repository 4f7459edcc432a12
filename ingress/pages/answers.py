"""What a room answers at its page, whoever has carried the question: whether they may, how often; what they
ask, and what the room does. HTTP is made of it by `asks.py`.
"""

from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import trio
from pydantic import BaseModel, ConfigDict, Field
from structlog import get_logger

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import ANYONE, BEARER, KNOWN, ON_CALL, Ask
from mailroom.actors.pages.visit import Interface, Visit
from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.answered import Answered
from mailroom.ingress.asks.body import body_of
from mailroom.ingress.asks.doing import STORE_RETRY_SECONDS, Doing, problem_of
from mailroom.ingress.asks.reading import not_found, read
from mailroom.ingress.asks.table import Found
from mailroom.ingress.pages.allowances import Allowances
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.called import Called
from mailroom.ingress.pages.who import Who, not_signed

log = get_logger("mailroom.pages")

OF_THE_PLATFORM = ANYONE | KNOWN | BEARER | ON_CALL
ROLES_SECONDS = 5.0
"""How long a room may take to say what somebody is."""
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
class Answers:
    """Has rooms answer what is asked at their pages."""

    allowances: Allowances
    doing: Doing
    strangers: trio.CapacityLimiter = field(
        default_factory=lambda: trio.CapacityLimiter(STRANGERS_AT_ONCE_MAX)
    )

    def is_for_anyone(self, here: BotPage, method: str, path: str) -> bool:
        """Whether that is answered to those too whose proof proves nothing any more."""
        found = here.asks.find(method, path)
        return found is not None and bool(ANYONE & set(found.ask.may))

    async def page(self, here: BotPage, called: Called) -> Answered:
        """What a page is answered. Raises `Problem`."""
        await self.allowances.call(called.network, here, called.who)
        found = here.asks.find(called.call.method, called.call.path)
        if found is None and called.who.person is None and called.who.grant is None:
            raise not_signed()  # strangers are not told what there is
        return await self._answer(here, "page", called, found)

    async def link(self, here: BotPage, called: Called) -> Answered:
        """What whoever has a link is answered, which `called.who` bears. Raises `Problem`."""
        return await self._answer(here, "link", called, here.links.find(called.call.method, called.call.path))

    async def _answer(
        self, here: BotPage, interface: Interface, called: Called, found: Found | None
    ) -> Answered:
        if found is None:
            raise not_found()
        ask, who = found.ask, called.who
        roles = await self._roles(here, ask, who)
        self.doing.check(ask)
        body = await body_of(called.call, ask)
        question = read(found, called.query_for(ask), body, own_of(ask))
        if ask.allow is not None:
            await self.allowances.take(ask.allow, called.network, here, who)
        visit = Visit(
            bot=here.bot,
            interface=interface,
            person=who.person,
            name=who.name,
            proofs=who.proofs,
            roles=roles,
            language=called.language_of(here.page),
            chosen=called.chosen_of(here.page),
            trace=token_hex(8),
            key=question.own.key or "",
            grant=who.grant,
            start=who.start,
            demo=who.demo,
        )
        return Answered(ask, visit, await self._do(ask, here, visit, question.asked))

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
