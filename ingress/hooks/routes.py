"""Calls of other servers that a room answers itself, `POST /webhook/bots/BOT/PATH`: bytes and headers in,
jobs in line, an answer out.

What is answered with 2xx is committed, whoever still waits for the answer. Nobody is told why a call is not
genuine: the log is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from quart import Blueprint, Response, request
from structlog import get_logger

from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.page import Hook, Notice
from mailroom.ingress.asks.answering import in_json, refused
from mailroom.ingress.detached import Detached
from mailroom.ingress.hooks.taking import take, too_large
from mailroom.ingress.http.peer import forwarded_of, networks, peer_of
from mailroom.ingress.http.whole_body import whole_body

log = get_logger("mailroom.hooks")

PATH = "/webhook/bots/"
CODES = {"unknown": "not_genuine"}
"""What is said of a problem instead of its code: not a word of what gave a forgery away."""


@dataclass(frozen=True, slots=True)
class BotHooks:
    """What other servers may call of one bot."""

    room: Room[Any]
    hooks: Mapping[str, Hook[Any]]
    """By their paths."""


def bot_hooks(room: Room[Any], hooks: Iterable[Hook[Any]]) -> BotHooks:
    """Those of a bot's parts."""
    return BotHooks(room, {one.path: one for one in hooks})


def hooks(bots: Iterable[BotHooks], trusted_proxies: Sequence[str] = ()) -> Blueprint:
    """Build the route. `trusted_proxies` are addresses and networks whose `X-Forwarded-For` is believed."""
    blueprint = Blueprint("hooks", __name__)
    known = {one.room.bot: one for one in bots}
    trusted = networks(trusted_proxies)
    detached = Detached()

    @blueprint.post(f"{PATH}<bot>/<path:path>")
    async def called(bot: str, path: str) -> Response:
        """A call."""
        here = known.get(bot)
        hook = here.hooks.get(path) if here is not None else None
        if here is None or hook is None:
            return _say(Problem("not_found", "absent"))
        trace = token_hex(8)
        body = await whole_body(request, hook.bytes_max)
        if body is None:
            return _say(too_large(hook))
        try:
            notice = Notice(
                headers={name.lower(): value for name, value in request.headers.items()},
                query=request.args.to_dict(),
                body=body,
                peer=peer_of(request.remote_addr or "", forwarded_of(request.headers), trusted),
            )
            jobs = await take(here.room, hook, notice, trace, detached)
        except Problem as problem:
            return _say(problem)
        log.info("hook", bot=bot, path=path, jobs=jobs, trace=trace)
        return in_json({"ok": True})

    return blueprint


def _say(problem: Problem) -> Response:
    code = CODES.get(problem.wrong, problem.code)
    return refused(problem, {"ok": False, "error": code, **problem.more})
