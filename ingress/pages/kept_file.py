"""Files that are called by their content: shown as a whole or in part, and not again to whoever has them
(RFC 9110).
"""

import re

from quart import Response
from werkzeug.datastructures import Headers

from mailroom.ingress.pages.served_file import served_file
from mailroom.storage.postgres.files import File

KEPT = "public, max-age=31536000, immutable"
"""Whoever has it once need never ask again: what is called so never changes."""
ONE_RANGE = re.compile(r"bytes=(?:(?P<first>\d{1,15})-(?P<last>\d{0,15})|-(?P<suffix>\d{1,15}))")


def kept_file(file: File, asked: Headers) -> Response:
    """The answer to a GET with these headers; of that to a HEAD the server sends no content."""
    etag, length = f'"{file.digest}"', len(file.content)
    if _names(asked.get("If-None-Match", ""), etag):
        return _kept(served_file(b"", file.type), etag, 304)
    part = wanted(asked.get("Range", ""), length) if asked.get("If-Range", etag) == etag else None
    if part is None:
        return _kept(served_file(file.content, file.type), etag, 200)
    response = _kept(served_file(file.content[part.start : part.stop], file.type), etag, 206 if part else 416)
    there = f"{part.start}-{part.stop - 1}" if part else "*"
    response.headers["Content-Range"] = f"bytes {there}/{length}"
    return response


def wanted(header: str, length: int) -> range | None:
    """The bytes that a `Range` asks for: none of those there are, if it is empty; all of them, if it is None.
    That is also the answer to several ranges, to other units, and to what is no range.
    """
    found = ONE_RANGE.fullmatch(header.strip())
    if found is None:
        return None
    if found["suffix"]:
        return range(max(0, length - int(found["suffix"])), length)
    first = int(found["first"])
    last = int(found["last"]) if found["last"] else length - 1
    return None if found["last"] and last < first else range(first, min(last + 1, length))


def _kept(response: Response, etag: str, status: int) -> Response:
    response.status_code = status
    response.headers.update({"ETag": etag, "Cache-Control": KEPT, "Accept-Ranges": "bytes"})
    return response


def _names(header: str, etag: str) -> bool:
    """Whether one of the names is ours; a proxy that has packed the file may have called it weak."""
    names = [one.strip().removeprefix("W/") for one in header.split(",")]
    return etag in names or names == ["*"]
