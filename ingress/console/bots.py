"""`/ops/bots/BOT`: what those who run a bot can see of it and do with it; a router like the rest of `/ops`,
for all bots that have a section of the console.

What a section does is in its bot's own log, with who did it and why.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from quart import Blueprint, Response, redirect, request

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import Ask
from mailroom.ingress.asks.openapi import OPENAPI
from mailroom.ingress.console.asking import Asking, refused_in_words
from mailroom.ingress.console.fields import fields_of
from mailroom.ingress.console.openapi import openapi
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.answers import shown
from mailroom.ingress.ops.asker import asker

METHODS = ["GET", "POST", "PUT", "DELETE"]


def add_bots(ops: Blueprint, sections: Mapping[str, BotSection], asking: Asking) -> None:
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

    @ops.get(f"/bots/<bot>/{OPENAPI}")
    async def described(bot: str) -> Response:
        """What its section can be asked, as an OpenAPI document."""
        its, who = _section(sections, bot), asker()
        who.require(its.section.roles)
        return shown(openapi(bot, its, its.open_to(who)))

    @ops.route("/bots/<bot>/<path:rest>", methods=METHODS)
    async def ask(bot: str, rest: str) -> Response:
        """Whatever its section asks: GET /ops/bots lists it."""
        return await asking.answer(_section(sections, bot), f"/{rest}")

    for name, its in sections.items():
        if its.kind:
            _add_moved(ops, its.kind, name)
    ops.register_error_handler(Problem, refused_in_words)


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
            {
                "name": ask.name,
                "method": ask.method,
                "path": f"/ops/bots/{bot}{ask.path}",
                "says": ask.says,
                "fields": fields_of(ask),
            }
            for ask in asks
        ],
    }


def _section(sections: Mapping[str, BotSection], bot: str) -> BotSection:
    if bot not in sections:
        there_are = ", ".join(sorted(sections)) or "none"
        words = f"No bot with a section of the console is called {bot[:100]!r}. There is: {there_are}."
        raise Problem("not_found", "absent", says=words)
    return sections[bot]
