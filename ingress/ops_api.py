"""`/ops`: what on-call can see and do, as JSON over HTTP.

A door only: each route reads what was asked, calls on-call's function on the asyncio side, and shows what
came of it. `GET /ops/` lists the routes, each with the first line of its docstring.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from pydantic_core import to_json
from quart import Blueprint, Response, current_app, g, request

from actors.runtime.bridge import aio
from ingress.access import Access
from ingress.asked import (
    Act,
    Bulk,
    DeadQuery,
    Drain,
    Edit,
    Filter,
    MostQuery,
    Reasoned,
    Skip,
    T,
    TopQuery,
    read_body,
    read_query,
    read_who,
)
from ingress.ops_guard import guard
from ingress.ops_problems import answer_problems
from ingress.plain import plain
from ingress.under_way import UnderWay
from supervisors.oncall.desk import OnCall
from supervisors.oncall.reports import By, Outcome


def ops_api(desk: OnCall, access: Access) -> Blueprint:
    """Build the routes."""
    ops = Blueprint("ops", __name__, url_prefix="/ops")
    ops.before_app_request(partial(guard, access))
    answer_problems(ops)
    _add_views(ops, desk)
    _add_actions(ops, desk)
    return ops


def _add_views(ops: Blueprint, desk: OnCall) -> None:
    @ops.get("/")
    async def routes() -> Response:
        """What there is."""
        return _shown(
            [
                {"method": method, "path": rule.rule, "for": _purpose(rule.endpoint)}
                for rule in current_app.url_map.iter_rules()
                if rule.endpoint.startswith("ops.")
                for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            ]
        )

    @ops.get("/tree")
    async def tree() -> Response:
        """Every process and its supervision tree: states, restarts, last errors."""
        return _shown(await aio(desk.tree))

    @ops.get("/totals")
    async def totals() -> Response:
        """How much waits, how long already, how many dead letters."""
        return _shown(await aio(desk.totals))

    @ops.get("/chats")
    async def chats() -> Response:
        """The fullest mailboxes (?by=depth) or those waiting longest (?by=age), ?most=20."""
        asked = _query(TopQuery)
        return _shown(await aio(desk.top, asked.by, asked.most))

    @ops.get("/chats/<target>")
    async def chat(target: str) -> Response:
        """One chat, written bot:chat_id: messages, state, owner, actor."""
        return _shown(await aio(desk.chat, target))

    @ops.get("/suspensions")
    async def suspensions() -> Response:
        """What is suspended, by whom, why, since when."""
        return _shown(await aio(desk.suspensions))

    @ops.get("/audit")
    async def audit() -> Response:
        """Who did what, newest first, ?most=50."""
        return _shown(await aio(desk.audit, _query(MostQuery).most))

    @ops.get("/dead")
    async def dead() -> Response:
        """Dead letters, newest first: ?bot= &chat= &error= (a part of it) &since_ms= &until_ms= &most=50."""
        asked = _query(DeadQuery)
        return _shown(await aio(desk.dead, asked.wanted, asked.most))

    @ops.get("/dead/reasons")
    async def dead_reasons() -> Response:
        """How many dead letters by bot and error, most first; the same filter as /ops/dead."""
        reasons = await aio(desk.dead_reasons, _query(Filter).wanted)
        return _shown([{"bot": bot, "error": error, "count": count} for bot, error, count in reasons])

    @ops.get("/dead/<id>")
    async def dead_letter(id: str) -> Response:  # noqa: A002 - the name in the route
        """One dead letter, with its payload and traceback."""
        return _shown(await aio(desk.dead_letter, id))


def _add_actions(ops: Blueprint, desk: OnCall) -> None:
    under_way = UnderWay()

    async def done(action: Callable[[], Awaitable[Outcome]]) -> Response:
        return _shown(await aio(under_way.finish, action))

    @ops.post("/restart")
    async def restart() -> Response:
        """Stop a node and start it again, or read chats anew from the store. Body: target, why, process?"""
        asked = await _body(Act)
        return await done(partial(desk.restart, asked.target, _by(asked), process=asked.process))

    @ops.post("/suspend")
    async def suspend() -> Response:
        """Put a target aside until it is resumed; messages wait. Body: target, why, process?"""
        asked = await _body(Act)
        return await done(partial(desk.suspend, asked.target, _by(asked), process=asked.process))

    @ops.post("/resume")
    async def resume() -> Response:
        """Let a suspended target go on, in order. Body: target, why, process?"""
        asked = await _body(Act)
        return await done(partial(desk.resume, asked.target, _by(asked), process=asked.process))

    @ops.post("/drain")
    async def drain() -> Response:
        """Suspend a target and wait for what is at work. Body: target, why, seconds? (30), process?"""
        asked = await _body(Drain)
        seconds, process = asked.seconds, asked.process
        return await done(partial(desk.drain, asked.target, _by(asked), seconds=seconds, process=process))

    @ops.post("/chats/<target>/skip")
    async def skip(target: str) -> Response:
        """Move the first message of a chat (or that numbered seq) to the dead letters. Body: why, seq?"""
        asked = await _body(Skip)
        return await done(partial(desk.skip, target, _by(asked), seq=asked.seq))

    @ops.post("/dead/requeue")
    async def requeue() -> Response:
        """Put dead letters back in line, at their old place. Body: ids or filter, why."""
        asked = await _body(Bulk)
        return await done(partial(desk.requeue, asked.which, _by(asked)))

    @ops.post("/dead/drop")
    async def drop() -> Response:
        """Delete dead letters for good. Body: ids or filter, why."""
        asked = await _body(Bulk)
        return await done(partial(desk.drop, asked.which, _by(asked)))

    @ops.put("/dead/<id>")
    async def edit(id: str) -> Response:  # noqa: A002 - the name in the route
        """Replace the payload of a dead letter. Body: payload (text or JSON), why."""
        asked = await _body(Edit)
        return await done(partial(desk.edit, id, asked.text, _by(asked)))


def _by(asked: Reasoned) -> By:
    return By(read_who(request.headers.get("X-Operator", "")) or g.who, asked.why)


def _query(model: type[T]) -> T:
    return read_query(model, request.args.to_dict())


async def _body(model: type[T]) -> T:
    body: bytes = await request.get_data(as_text=False)  # type: ignore[assignment]
    return read_body(model, body)


def _shown(value: object) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(to_json(plain(value)), headers=headers, content_type="application/json")


def _purpose(endpoint: str) -> str:
    return (current_app.view_functions[endpoint].__doc__ or "").partition("\n")[0].strip()
