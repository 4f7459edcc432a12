"""`/ops/bots/BOT`: what those who run a bot can see of it and do with it; a door like the rest of `/ops`, for
all bots that have a section of the console.

What a section does is in its bot's own log, with who did it and why.
"""

from collections.abc import Mapping, Sequence
from secrets import token_hex
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, Field
from quart import Blueprint, Response, redirect, request
from werkzeug.exceptions import MethodNotAllowed

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import Ask
from mailroom.actors.pages.visit import Visit
from mailroom.ingress.asks.answering import answered, refused
from mailroom.ingress.asks.body import body_of
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.asks.reading import malformed, not_found, read
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.answers import acting, shown
from mailroom.ingress.ops.asked import Reasoned
from mailroom.ingress.ops.asker import Asker, asker

METHODS = ["GET", "POST", "PUT", "DELETE"]
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


def add_bots(ops: Blueprint, sections: Mapping[str, BotSection], doing: Doing) -> None:
    """Build the routes."""

    @ops.get("/bots")
    async def bots() -> Response:
        """The bots with a section of the console, and what can be asked of each."""
        found = [(bot, its, its.open_to(asker())) for bot, its in sorted(sections.items())]
        return shown([_listed(bot, its, asks) for bot, its, asks in found if asks])

    @ops.get("/bots/<bot>")
    async def bot(bot: str) -> Response:
        """One of them."""
        its, who = _section(sections, bot), asker()
        who.require(its.section.roles)
        return shown(_listed(bot, its, its.open_to(who)))

    @ops.route("/bots/<bot>/<path:rest>", methods=METHODS)
    async def ask(bot: str, rest: str) -> Response:
        """Whatever its section asks: GET /ops/bots lists it."""
        its, path = _section(sections, bot), f"/{rest}"
        found = its.table.find(request.method, path)
        if found is None:
            if methods := its.table.methods(path):
                raise MethodNotAllowed(methods)
            raise not_found()
        wanted, who = found.ask, asker()
        who.require(wanted.may)
        doing.check(wanted)
        query = request.args.to_dict(flat=False)
        data = await body_of(request, wanted, most=BODY_BYTES_MAX)
        own: type[Looks | Acts] = Acts if wanted.changes else Looks
        question = read(found, query, data, own)
        if wanted.keyed and question.own.key is None:
            raise malformed(["key: is missing"])
        answer = await doing.do(wanted, its.room, _visit(bot, who, question.own), question.asked)
        return answered(answer, request)

    for name, its in sections.items():
        if its.kind:
            _add_moved(ops, its.kind, name)
    ops.register_error_handler(Problem, _problem)


def _add_moved(ops: Blueprint, kind: str, bot: str) -> None:
    """Have what was asked at `/ops/KIND/BOT` be asked where it is now."""

    @ops.route(f"/{kind}/{bot}/<path:rest>", methods=METHODS, endpoint=f"moved_{kind}_{bot}")
    async def moved(rest: str) -> Any:  # noqa: ARG001 - the address as it was written is kept
        """Moved to /ops/bots."""
        return redirect(request.full_path.rstrip("?").replace(f"/ops/{kind}/", "/ops/bots/", 1), 308)


def _listed(bot: str, its: BotSection, asks: Sequence[Ask[Any, Any]]) -> dict[str, Any]:
    return {
        "bot": bot,
        "title": its.section.title,
        "asks": [
            {"name": ask.name, "method": ask.method, "path": f"/ops/bots/{bot}{ask.path}", "says": ask.says}
            for ask in asks
        ],
    }


def _section(sections: Mapping[str, BotSection], bot: str) -> BotSection:
    if bot not in sections:
        there_are = ", ".join(sorted(sections)) or "none"
        words = f"No bot with a section of the console is called {bot[:100]!r}. There is: {there_are}."
        raise Problem("not_found", "absent", says=words)
    return sections[bot]


def _visit(bot: str, who: Asker, own: Looks | Acts) -> Visit:
    return Visit(
        bot=bot, door="console", person=who.person, name=acting(who), proofs=who.proofs, roles=who.roles,
        trace=token_hex(TRACE_BYTES), key=own.key or "", why=own.why,
    )  # fmt: skip


async def _problem(problem: Problem) -> Response:
    """What kept a room from answering, in the form of `/ops`."""
    words = problem.says or problem.code
    if problem.code == "not_found" and not problem.says:
        words = f"There is no {request.path}: GET /ops/bots lists what there is."
    return refused(problem, {"error": words, "code": problem.code, **problem.more})
