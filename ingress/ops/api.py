"""`/ops`: what on-call can see and do, as JSON over HTTP.

Routes only: each reads what was asked, calls on-call's function on the asyncio side, and shows what
came of it. `GET /ops/` lists the routes, each with the first line of its docstring.
"""

from collections.abc import Mapping
from functools import partial

from quart import Blueprint, Response, current_app

from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.asks.live import Lives
from mailroom.ingress.console.asking import Asking
from mailroom.ingress.console.bots import add_bots
from mailroom.ingress.console.fields import purpose
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.detached import Detached
from mailroom.ingress.ops.answers import body, by, finished, query, shown
from mailroom.ingress.ops.asked import (
    Act,
    Bulk,
    DeadQuery,
    Drain,
    Edit,
    Filter,
    MostQuery,
    PastQuery,
    Skip,
    TopQuery,
)
from mailroom.ingress.ops.at_work import add_people
from mailroom.ingress.ops.guard import guard
from mailroom.ingress.ops.operations import Operations
from mailroom.ingress.ops.outbox import add_outbox
from mailroom.ingress.ops.payments import add_payments
from mailroom.ingress.ops.periodic import add_periodic
from mailroom.ingress.ops.problems import answer_problems
from mailroom.ingress.ops.refusals import Refusals
from mailroom.ingress.ops.restored import add_restored
from mailroom.supervisors.oncall.oncall import OnCall


def ops_api(operations: Operations) -> Blueprint:
    """Build the routes."""
    oncall, access, sections = operations.oncall, operations.access, operations.sections
    ops = Blueprint("ops", __name__, url_prefix="/ops")
    ops.before_app_request(partial(guard, access))
    answer_problems(ops, Refusals(oncall, access.allowance))
    _add_views(ops, oncall, sections)
    detached = Detached()
    _add_actions(ops, oncall, detached)
    add_outbox(ops, oncall, detached)
    add_payments(ops, oncall, detached)
    add_periodic(ops, oncall, detached)
    add_restored(ops, oncall, detached)
    add_people(ops, oncall, detached)
    add_bots(ops, sections, Asking(operations.doing, Lives(operations.closing)))
    return ops


def _add_views(ops: Blueprint, oncall: OnCall, sections: Mapping[str, BotSection]) -> None:
    @ops.get("/")
    async def routes() -> Response:
        """What there is."""
        ours = [
            {"method": method, "path": rule.rule, "for": _purpose(rule.endpoint)}
            for rule in current_app.url_map.iter_rules()
            if rule.endpoint.startswith("ops.")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
        of_bots = [
            {"method": ask.method, "path": f"/ops/bots/{bot}{ask.path}", "for": purpose(ask)}
            for bot, its in sorted(sections.items())
            for ask in its.section.asks
        ]
        return shown(ours + of_bots)

    @ops.get("/tree")
    async def tree() -> Response:
        """Every process and its supervision tree: states, restarts, last errors."""
        return shown(await aio(oncall.look.tree))

    @ops.get("/attention")
    async def attention() -> Response:
        """What needs on-call, what needs it most first, with what to do about each; empty: all is well."""
        return shown(await aio(oncall.attention.concerns))

    @ops.get("/history")
    async def history() -> Response:
        """Throughput and latency of all processes in the last hours: ?seconds=21600 &most=360 &since_ms=."""
        asked = query(PastQuery)
        past = partial(oncall.past.points, asked.seconds, most=asked.most, since_ms=asked.since_ms)
        return shown(await aio(past))

    @ops.get("/totals")
    async def totals() -> Response:
        """How much waits, how long already, how many dead letters."""
        return shown(await aio(oncall.dead.totals))

    @ops.get("/chats")
    async def chats() -> Response:
        """The fullest mailboxes (?by=depth) or the longest waits (?by=age), ?most=20, ?suspended=false."""
        asked = query(TopQuery)
        return shown(await aio(partial(oncall.look.top, asked.by, asked.most, suspended_too=asked.suspended)))

    @ops.get("/chats/<target>")
    async def chat(target: str) -> Response:
        """One chat, written bot:chat_id: messages, state, owner, actor."""
        return shown(await aio(oncall.look.chat, target))

    @ops.get("/suspensions")
    async def suspensions() -> Response:
        """What is suspended, by whom, why, since when."""
        return shown(await aio(oncall.look.suspensions))

    @ops.get("/audit")
    async def audit() -> Response:
        """Who did what, newest first, ?most=50."""
        return shown(await aio(oncall.look.audit, query(MostQuery).most))

    @ops.get("/dead")
    async def dead() -> Response:
        """Dead letters, of jobs too, newest first: ?bot= &chat= &error= &since_ms= &until_ms= &most=50."""
        asked = query(DeadQuery)
        found = await aio(oncall.dead.find, asked.wanted, asked.most)
        return shown(found.letters, incomplete=found.missing)

    @ops.get("/dead/reasons")
    async def dead_reasons() -> Response:
        """How many dead letters by bot and error, most first; the same filter as /ops/dead."""
        reasons = await aio(oncall.dead.reasons, query(Filter).wanted)
        return shown([{"bot": bot, "error": error, "count": count} for bot, error, count in reasons])

    @ops.get("/dead/count")
    async def dead_count() -> Response:
        """How many dead letters there are, of chats and of jobs; the same filter as /ops/dead."""
        found = await aio(oncall.dead.count, query(Filter).wanted)
        return shown(found, incomplete=found.missing)

    @ops.get("/dead/<id>")
    async def dead_letter(id: str) -> Response:  # noqa: A002 - the name in the route
        """One dead letter (bot:chat:seq or job:123), with its payload and traceback."""
        return shown(await aio(oncall.dead.show, id))


def _add_actions(ops: Blueprint, oncall: OnCall, detached: Detached) -> None:
    done = partial(finished, detached)

    @ops.post("/restart")
    async def restart() -> Response:
        """Stop a node and start it again, or read chats anew from the store. Body: target, why, process?"""
        asked = await body(Act)
        return await done(partial(oncall.act.restart, asked.target, by(asked), process=asked.process))

    @ops.post("/suspend")
    async def suspend() -> Response:
        """Put a target aside until it is resumed; messages wait. Body: target, why, process?"""
        asked = await body(Act)
        return await done(partial(oncall.act.suspend, asked.target, by(asked), process=asked.process))

    @ops.post("/resume")
    async def resume() -> Response:
        """Let a suspended target go on, in order. Body: target, why, process?"""
        asked = await body(Act)
        return await done(partial(oncall.act.resume, asked.target, by(asked), process=asked.process))

    @ops.post("/drain")
    async def drain() -> Response:
        """Suspend a target and wait for what is at work. Body: target, why, seconds? (30), process?"""
        asked = await body(Drain)
        seconds, process = asked.seconds, asked.process
        return await done(
            partial(oncall.act.drain, asked.target, by(asked), seconds=seconds, process=process)
        )

    @ops.post("/chats/<target>/skip")
    async def skip(target: str) -> Response:
        """Move the first message of a chat (or that numbered seq) to the dead letters. Body: why, seq?"""
        asked = await body(Skip)
        return await done(partial(oncall.letters.skip, target, by(asked), seq=asked.seq))

    @ops.post("/dead/requeue")
    async def requeue() -> Response:
        """Put dead letters back in line, at their old place. Body: ids or filter, why."""
        asked = await body(Bulk)
        return await done(partial(oncall.dead.requeue, asked.which, by(asked)))

    @ops.post("/dead/drop")
    async def drop() -> Response:
        """Delete dead letters for good. Body: ids or filter, why."""
        asked = await body(Bulk)
        return await done(partial(oncall.dead.drop, asked.which, by(asked)))

    @ops.put("/dead/<id>")
    async def edit(id: str) -> Response:  # noqa: A002 - the name in the route
        """Replace the payload of a dead letter. Body: payload (text or JSON), why."""
        asked = await body(Edit)
        return await done(partial(oncall.dead.edit, id, asked.text, by(asked)))


def _purpose(endpoint: str) -> str:
    return (current_app.view_functions[endpoint].__doc__ or "").partition("\n")[0].strip()
