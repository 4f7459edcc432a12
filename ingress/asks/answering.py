"""What a room has answered, as a response: data, a file, or where to go. A `Live` is `live.py`'s."""

from typing import Any

from quart import Request, Response
from structlog import get_logger

from mailroom.actors.pages.answer import File, Go, Problem, Wrong
from mailroom.ingress.asks.kept_file import kept_file
from mailroom.ingress.asks.ways import check_way
from mailroom.storage.texts import as_json

log = get_logger("mailroom.asks")

STATUS: dict[Wrong, int] = {
    "bad": 400,
    "unknown": 401,
    "forbidden": 403,
    "absent": 404,
    "conflict": 409,
    "gone": 410,
    "too_many": 429,
    "later": 503,
}
OF_THE_PLATFORM = {"too_large": 413, "wrong_type": 415, "broken": 500}
"""What only the platform has to say, by its code."""


def answered(answer: Any, request: Request, *, anyone: bool = False) -> Response:
    """Data as JSON, a file, or the way elsewhere. `anyone` says whether all may see it, caches on the way
    included. Raises `ValueError` for what can be none of these.
    """
    if isinstance(answer, File):
        named = is_named(answer, request)
        return kept_file(answer, request.headers, anyone=anyone, named=named)
    if isinstance(answer, Go):
        return _elsewhere(answer.url, request)
    return in_json(answer)


def is_named(file: File, request: Request) -> bool:
    """Whether a file is asked for by its content, so that there never is another at this address."""
    return bool(file.digest) and file.digest in request.path


def in_json(value: Any, status: int = 200) -> Response:
    """Plain data, which nobody keeps."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(as_json(value), status, headers=headers, content_type="application/json")


def status_of(problem: Problem) -> int:
    """The status that says what kind of a problem it is."""
    return OF_THE_PLATFORM.get(problem.code, STATUS[problem.wrong])


def refused(problem: Problem, body: Any) -> Response:
    """A problem, said in whatever words the body has."""
    response = in_json(body, status_of(problem))
    if problem.retry_seconds > 0:
        response.headers["Retry-After"] = str(int(problem.retry_seconds) + 1)
    return response


def is_navigation(request: Request) -> bool:
    """Whether a browser has gone to the address, and no script has asked for it."""
    if (mode := request.headers.get("Sec-Fetch-Mode")) is not None:
        return mode == "navigate"
    return "text/html" in request.headers.get("Accept", "")


def _elsewhere(url: str, request: Request) -> Response:
    check_way(url)
    if is_navigation(request):
        return Response("", 303, {"Location": url, "Cache-Control": "no-store"}, content_type="text/plain")
    return in_json({"go": url})
