"""How every simulator answers `/sim/…`: JSON in, JSON out; a mistake is a 400 that names what is known."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from mailroom.ops.simulators.fields import ControlError, Json

ControlHandler = Callable[[Json], Any]
"""What one control does with the fields it was given; it raises `ControlError` where they are wrong."""
Route = tuple[str, str]
"""The verb and the path of a control."""


async def answer_control(
    routes: Mapping[Route, ControlHandler],
    request: web.BaseRequest,
    refusal: type[Exception] = ControlError,
) -> web.Response:
    """Find the control and answer it, with the fields of query string and body together. `refusal` is a
    further error whose text is meant for the caller.
    """
    path, _, query = request.raw_path.partition("?")
    handler = routes.get((request.method, path.rstrip("/")))
    if handler is None:
        known = ", ".join(f"{verb} {route}" for verb, route in routes)
        return json_answer({"error": f"there is no such control; known: {known}"}, 404)
    try:
        given: Json = dict(parse_qsl(query))
        given.update(_object(await request.read()))
        return json_answer(handler(given))
    except (ControlError, refusal) as error:
        return json_answer({"error": str(error)}, 400)
    except web.HTTPRequestEntityTooLarge:
        return json_answer({"error": "the body is too large"}, 413)


def json_answer(content: Any, status: int = 200) -> web.Response:
    """Give JSON as people read it: Russian stays Russian."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, headers={"Content-Type": "application/json"})


def _object(body: bytes) -> Json:
    if not body:
        return {}
    try:
        given = json.loads(body)
    except ValueError as error:
        raise ControlError(f"the body is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise ControlError("the body must be a JSON object")
    return given
