"""Calls of other servers that a room answers itself, `POST /webhook/bots/BOT/PATH`: bytes and headers in,
jobs in line, an answer out.

What is answered with 2xx is committed, whoever still waits for the answer. Nobody is told why a call is not
genuine: the log is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import Any

import trio
from quart import Blueprint, Response, request
from structlog import get_logger

from mailroom.actors.cause import Cause
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.queue import bot_of
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.page import Hook, Notice
from mailroom.actors.runtime.bridge import BridgeClosedError, CallCancelledError, aio
from mailroom.ingress.asks.answering import in_json, refused
from mailroom.ingress.asks.doing import broken, problem_of
from mailroom.ingress.http.peer import forwarded_of, networks, peer_of
from mailroom.ingress.http.whole_body import whole_body
from mailroom.ingress.under_way import UnderWay
from mailroom.storage.postgres.outbox.job import NewJob

log = get_logger("mailroom.hooks")

PATH = "/webhook/bots/"
READ_SECONDS_MAX = 10.0
"""Until the jobs are committed: most servers wait that long for an answer, and call again."""
JOBS_MAX = 1_000
"""What one call may come to."""
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
    under_way = UnderWay()

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
            return _say(Problem("too_large", "bad", bytes_max=hook.bytes_max))
        try:
            notice = Notice(
                headers={name.lower(): value for name, value in request.headers.items()},
                query=request.args.to_dict(),
                body=body,
                peer=peer_of(request.remote_addr or "", forwarded_of(request.headers), trusted),
            )
            with trio.fail_after(READ_SECONDS_MAX):
                jobs = await aio(under_way.finish, partial(_in_line, here.room, hook, notice, trace))
        except Problem as problem:
            log.warning("hook_refused", bot=bot, path=path, code=problem.code, why=str(problem), trace=trace)
            return _say(problem)
        except trio.TooSlowError:
            log.error("hook_slow", bot=bot, path=path, seconds=READ_SECONDS_MAX, trace=trace)
            return _say(Problem("unfinished", "later", retry_seconds=READ_SECONDS_MAX))
        except (BridgeClosedError, CallCancelledError):
            return _say(Problem("unavailable", "later", retry_seconds=1.0))
        log.info("hook", bot=bot, path=path, jobs=jobs, trace=trace)
        return in_json({"ok": True})

    return blueprint


async def _in_line(room: Room[Any], hook: Hook[Any], notice: Notice, trace: str) -> int:
    """Have the room read it, and commit the jobs that it comes to; how many there are. On the asyncio side,
    where what goes wrong is logged: there may be nobody left to tell. Raises `Problem`.
    """
    try:
        jobs = await hook.read(room, notice)
        if not _are_own(room, jobs):
            return 0
        cause = Cause(
            bot=room.bot,
            trace=trace,
            who=f"{notice.peer} (hook)",
            effect=lambda name: f"hook:{room.bot}:{hook.path}:{trace}:{name}",
        )
        async with room.transaction(cause) as tx:
            await tx.enqueue(*jobs)
    except Problem:
        raise
    except Exception as error:
        raise problem_of(error, bot=room.bot, what=f"hook {hook.path}", trace=trace) from error
    return len(jobs)


def _are_own(room: Room[Any], jobs: Sequence[NewJob]) -> bool:
    """Whether there are any. Raises `Problem` for jobs in queues of others, and for too many."""
    foreign = next((job.queue for job in jobs if bot_of(job.queue) != room.bot), None)
    if foreign is not None or len(jobs) > JOBS_MAX:
        log.error("hook_broken", bot=room.bot, queue=foreign, jobs=len(jobs), most=JOBS_MAX)
        raise broken()
    return bool(jobs)


def _say(problem: Problem) -> Response:
    code = CODES.get(problem.wrong, problem.code)
    return refused(problem, {"ok": False, "error": code, **problem.more})
