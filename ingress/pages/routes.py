"""`/app/BOT/`: the pages of all bots that have one.

/app/BOT/          its files, index.html first
/app/BOT/kit/…     the kit that all pages have
/app/BOT/api/…     what it asks
/app/BOT/l/TOKEN/… what somebody with a link may see
"""

from collections.abc import Iterable, Sequence
from typing import Any

import trio
from quart import Blueprint, Response, request

from mailroom.actors.pages.address import APP
from mailroom.actors.pages.answer import Problem
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.asks.answering import in_json, refused
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.asks.folder import Folder
from mailroom.ingress.asks.live import Lives
from mailroom.ingress.asks.reading import not_found
from mailroom.ingress.http.peer import networks
from mailroom.ingress.pages.about import ABOUT
from mailroom.ingress.pages.addresses import BOT, address, moved
from mailroom.ingress.pages.allowances import Allowances
from mailroom.ingress.pages.answers import Answers
from mailroom.ingress.pages.asks import Asks, say
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ingress.pages.headers import harden
from mailroom.ingress.pages.kit_files import KIT_AT, kit_file
from mailroom.ingress.pages.languages import language_of
from mailroom.ingress.pages.nowhere import nowhere
from mailroom.ingress.pages.openapi import OPENAPI, openapi
from mailroom.ingress.pages.people import OwnAnswers, OwnAsks
from mailroom.ingress.pages.sessions import renew
from mailroom.ingress.pages.texts import written
from mailroom.ingress.pages.words import WORDS, told

OWN = "_"
"""What is asked of the platform begins so: no ask of a room does."""
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def pages(
    of_bots: Iterable[BotPage],
    allowance: Allowance,
    *,
    doing: Doing | None = None,
    closing: trio.Event | None = None,
    trusted_proxies: Sequence[str] = (),
) -> Blueprint:
    """Build the routes. What is asked is done by `doing`; what is live ends when `closing` is set."""
    blueprint = Blueprint("pages", __name__, url_prefix=APP)
    blueprint.after_request(harden)
    blueprint.after_request(renew)
    by_name = {one.bot: one for one in of_bots}
    folders = {name: Folder(one.page.files, written(one.page)) for name, one in by_name.items()}
    allowances, doing = Allowances(allowance, networks(trusted_proxies)), doing or Doing()
    asks = Asks(Answers(allowances, doing), Lives(trio.Event() if closing is None else closing))
    own = OwnAsks(OwnAnswers(allowances, doing), asks)

    def elsewhere(name: str, rest: str) -> Response | None:
        """The way to where a page has moved; None where it is here."""
        bot = moved(by_name, name, request.args.get(BOT))
        return None if bot is None else _to(address(bot, rest, _pairs()))

    @blueprint.get("/")
    async def of_no_bot() -> Response:
        """There is a page of each bot, and none of all."""
        return nowhere(request)

    @blueprint.get("/<name>")
    async def without_slash(name: str) -> Response:
        """A page's address without its last stroke: its files are beside it, and not above."""
        if (there := elsewhere(name, "")) is not None:
            return there
        return _to(address(name, "", _pairs())) if name in by_name else nowhere(request)

    @blueprint.get("/<name>/")
    @blueprint.get("/<name>/<path:rest>")
    async def file(name: str, rest: str = "") -> Response:
        """A page and its files."""
        if (there := elsewhere(name, rest)) is not None:
            return there
        if name not in by_name:
            return nowhere(request)
        if rest.startswith(KIT_AT):
            found = kit_file(rest.removeprefix(KIT_AT), by_name[name], folders[name], request.headers)
        else:
            found = folders[name].file(rest, request.headers)
        if found is None and by_name[name].asks.find(request.method, f"/{rest}") is not None:
            return _to(address(name, f"api/{rest}", _pairs()))  # where it was before it was asked for there
        return found or nowhere(request)

    @blueprint.route("/<name>/api/<path:rest>", methods=METHODS)
    async def api(name: str, rest: str) -> Response:
        """What a page asks."""
        if (there := elsewhere(name, f"api/{rest}")) is not None:
            return there
        if (here := by_name.get(name)) is None:
            return _no_bot()
        if rest == ABOUT and request.method in ("GET", "HEAD"):
            return await own.about(request, here)
        if rest == OPENAPI and request.method in ("GET", "HEAD"):
            return in_json(openapi(here))
        if rest.startswith(OWN):
            return await own.ask(request, here, f"/{rest}")
        return await asks.ask(request, here, f"/{rest}")

    @blueprint.get("/<name>/l/<token>/<path:rest>")
    async def link(name: str, token: str, rest: str) -> Response:
        """What somebody with a link may see."""
        if (here := by_name.get(name)) is None:
            return _no_bot()
        return await asks.link(request, here, token, f"/{rest}")

    async def problem(error: Exception) -> Response:
        assert isinstance(error, Problem), "it is registered for these"
        here = by_name.get((request.view_args or {}).get("name", ""))
        return _no_bot() if here is None else say(here, error, asks.called(request, ""))

    blueprint.register_error_handler(Problem, problem)
    return blueprint


def _pairs() -> list[tuple[str, str]]:
    return list(request.args.items(multi=True))


def _to(url: str) -> Response:
    """There for good, with what was sent; a browser takes along what it has behind the #."""
    return Response("", 308, {"Location": url}, content_type="text/plain")


def _no_bot() -> Response:
    problem: Any = not_found()
    language = language_of(tuple(WORDS), request.args.get("lang"), None, request.accept_languages)
    return refused(problem, told(problem, None, language))
