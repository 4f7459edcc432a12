"""The body of a question: as much as its ask takes, and of a kind that it takes."""

from typing import Any

from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.ask import BODY_BYTES_MAX, Ask
from mailroom.ingress.asks.call import Call

TYPE_CHARS_MAX = 100
"""Of a wrong type so much is told."""


async def body_of(call: Call, ask: Ask[Any, Any], *, most: int = BODY_BYTES_MAX) -> bytes:
    """All of it; of a GET nothing. A file is as long as its ask says, anything else so long at `most`.
    Whoever leaves before its end has asked nothing: what awaits this is cancelled. Raises `Problem`:
    `wrong_type`, `too_large`.
    """
    if ask.method == "GET":
        return b""
    if ask.takes is not None:
        _check_type(call.mime_type, ask.takes.types)
    most = ask.takes.bytes_max if ask.takes is not None else most
    data = await call.whole(most)
    if data is None:
        raise _too_large(most)
    return data


def takes(mime_type: str, types: tuple[str, ...]) -> bool:
    """Whether one of the types, such as `image/*`, is this one."""
    kind = mime_type.partition("/")[0]
    return any(one in ("*/*", mime_type, f"{kind}/*") for one in types)


def _check_type(mime_type: str, types: tuple[str, ...]) -> None:
    if not takes(mime_type, types):
        given = mime_type[:TYPE_CHARS_MAX] or "not said"
        fault = f"Content-Type: must be {' or '.join(types)}, and is {given}"
        raise Problem("wrong_type", "bad", says=fault, fields=[fault])


def _too_large(most: int) -> Problem:
    return Problem("too_large", "bad", says=f"the body is larger than {most} bytes", bytes_max=most)
