"""A page's asks over HTTP: who asks, and the room's answer as a response.

What is refused is answered with {"error", "what_to_do", "code"}, in the language of whoever asks.
"""

from dataclasses import dataclass, field

from quart import Request, Response
from structlog import get_logger

from mailroom.actors.pages.answer import File, Live, Problem
from mailroom.actors.pages.ask import ANYONE
from mailroom.ingress.asks.answered import Answered
from mailroom.ingress.asks.answering import answered, is_named, refused, status_of
from mailroom.ingress.asks.call import call_of
from mailroom.ingress.asks.doing import broken
from mailroom.ingress.asks.live import Lives, wants_stream
from mailroom.ingress.pages.answers import Answers
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.called import Called
from mailroom.ingress.pages.file_cache import FileCache
from mailroom.ingress.pages.visitor import who_asks
from mailroom.ingress.pages.who import Who, who_bears
from mailroom.ingress.pages.words import told

log = get_logger("mailroom.pages")

READS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Asks:
    """Answers what pages ask."""

    answers: Answers
    lives: Lives
    file_cache: FileCache = field(default_factory=FileCache)

    async def ask(self, request: Request, here: BotPage, path: str) -> Response:
        """Answer a page."""
        called = self.called(request, path)
        if request.method in READS and (file_cache := self.file_cache.find(request.full_path)) is not None:
            return answered(file_cache, request, anyone=True)
        try:
            who = await self._who(request, here, path)
            called = self.called(request, path, who)
            return await self._shown(request, here, called, await self.answers.page(here, called))
        except Problem as problem:
            return say(here, problem, called)

    async def link(self, request: Request, here: BotPage, token: str, path: str) -> Response:
        """Answer whoever has a link."""
        called = self.called(request, path)
        try:
            await self.answers.allowances.call(called.network, here, called.who)
            called = self.called(request, path, await who_bears(token, here))
            return await self._shown(request, here, called, await self.answers.link(here, called))
        except Problem as problem:
            return say(here, problem, called)

    def called(self, request: Request, path: str, who: Who | None = None) -> Called:
        """What a request says, without it."""
        network = self.answers.allowances.address(request)
        return Called(call_of(request, path), who or Who(), network, request.accept_languages)

    async def _who(self, request: Request, here: BotPage, path: str) -> Who:
        try:
            return await who_asks(request, here)
        except Problem:
            if self.answers.is_for_anyone(here, request.method, path):
                return Who()
            raise

    async def _shown(self, request: Request, here: BotPage, called: Called, done: Answered) -> Response:
        ask, visit, answer = done.ask, done.visit, done.answer
        if isinstance(answer, Live):
            if wants_stream(request) and request.method == "GET":
                language = called.language_of(here.page)
                return self.lives.stream(ask, here.room, answer, lambda one: told(one, here.page, language))
            answer = await self.answers.doing.look(ask, visit, answer)
        anyone = bool(ANYONE & set(ask.may))
        if anyone and isinstance(answer, File) and is_named(answer, request):
            self.file_cache.keep(request.full_path, answer)
        try:
            return answered(answer, request, anyone=anyone)
        except ValueError:
            log.exception("ask_broken", bot=here.bot, what=ask.name, trace=visit.trace)
            raise broken() from None


def say(here: BotPage, problem: Problem, called: Called) -> Response:
    """A problem, to somebody."""
    response = refused(problem, told(problem, here.page, called.language_of(here.page)))
    if status_of(problem) == 401 and "telegram" in here.page.enter:
        response.headers["WWW-Authenticate"] = "tma"
    return response
