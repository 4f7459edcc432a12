"""What the routes of `/ops` share: how a question is read, who asks it, and how an answer is shown."""

from collections.abc import Awaitable, Callable

from pydantic_core import to_json
from quart import Response, request

from mailroom.actors.runtime.bridge import aio
from mailroom.ingress.detached import Detached
from mailroom.ingress.ops.asked import Reasoned, T, read_body, read_query, read_who
from mailroom.ingress.ops.asker import Asker, asker
from mailroom.ingress.ops.plain import plain
from mailroom.supervisors.oncall.reports import By

INCOMPLETE = "X-Incomplete"
"""Says what is missing from an answer, and why; the rest of it is shown all the same."""


def by(asked: Reasoned) -> By:
    """Who acts, and why."""
    return By(acting(asker()), asked.why)


def acting(one: Asker) -> str:
    """Who acts. On-call may say for whom they do; a person is who they have proved to be."""
    claimed = read_who(request.headers.get("X-Operator", "")) if one.on_call else ""
    return claimed or one.who


def query(model: type[T]) -> T:
    """The query string. Raises `BadRequestError`."""
    return read_query(model, request.args.to_dict())


async def body(model: type[T]) -> T:
    """The body. Raises `BadRequestError`."""
    data: bytes = await request.get_data(as_text=False)  # type: ignore[assignment]
    return read_body(model, data)


async def finished(detached: Detached, action: Callable[[], Awaitable[object]]) -> Response:
    """What came of an action, which goes on to its end whoever still waits for the answer."""
    return shown(await aio(detached.finish, action))


def shown(value: object, *, incomplete: str = "") -> Response:
    """An answer as JSON."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if incomplete:
        headers[INCOMPLETE] = " ".join(incomplete.split()).encode("ascii", "replace").decode()
    return Response(to_json(plain(value)), headers=headers, content_type="application/json")
