"""What of a request is let in, in bytes: where bots take files more than elsewhere.

How much an ask takes of it is `body.py`'s to say, which stops at that.
"""

from typing import Any

from quart_trio.wrappers import TrioRequest

from mailroom.actors.pages.address import APP
from mailroom.actors.pages.ask import UPLOAD_BYTES_MAX

WHERE_FILES_COME = (f"{APP}/", "/ops/bots/", "/webhook/bots/")


class Request(TrioRequest):
    """A request, which may bring a file where bots take some."""

    def __init__(
        self,
        method: str,
        scheme: str,
        path: str,
        *rest: Any,
        max_content_length: int | None = None,
        **more: Any,
    ) -> None:
        if path.startswith(WHERE_FILES_COME):
            max_content_length = UPLOAD_BYTES_MAX
        super().__init__(method, scheme, path, *rest, max_content_length=max_content_length, **more)
