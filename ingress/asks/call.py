"""A question as it came, before anything in it is read, whoever has carried it: HTTP, or a test that needs
none.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from mailroom.ingress.http.whole_body import whole_body

if TYPE_CHECKING:
    from quart import Request

Whole = Callable[[int], Awaitable[bytes | None]]
"""All of a body; None where it has more bytes than so many."""


@dataclass(frozen=True, slots=True)
class Call:
    """What somebody asks for, and where."""

    method: str
    path: str
    """Below the address of the page or section: `/orders/17`."""
    query: Mapping[str, Sequence[str]]
    whole: Whole
    mime_type: str = ""
    """Of the body."""


def call_of(request: "Request", path: str) -> Call:
    """What a request asks for."""
    return Call(
        request.method, path, dict(request.args.lists()), partial(whole_body, request), request.mimetype
    )
