"""Files as answers: shown as a whole or in part, and not again to whoever has them (RFC 9110)."""

import re
from hashlib import sha256

from quart import Response
from werkzeug.datastructures import Headers

from mailroom.actors.pages.answer import File
from mailroom.ingress.asks.served_file import served_file

KEPT = "max-age=31536000, immutable"
"""Whoever has it once need never ask again: what is called by its content never changes."""
ONE_RANGE = re.compile(r"bytes=(?:(?P<first>\d{1,15})-(?P<last>\d{0,15})|-(?P<suffix>\d{1,15}))")


def kept_file(file: File, asked: Headers, *, anyone: bool = False, named: bool = False) -> Response:
    """The answer to a GET with these headers; of that to a HEAD the server sends no content. What `anyone`
    may see, those on the way may keep too; what is `named` by its content in the address, they keep for good.
    """
    etag, length = f'"{file.digest or sha256(file.content).hexdigest()[:32]}"', len(file.content)
    kept = _Kept(file, etag, anyone=anyone, named=named)
    if _names(asked.get("If-None-Match", ""), etag):
        return kept.answer(b"", 304)
    part = wanted(asked.get("Range", ""), length) if asked.get("If-Range", etag) == etag else None
    if part is None:
        return kept.answer(file.content, 200)
    response = kept.answer(file.content[part.start : part.stop], 206 if part else 416)
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


class _Kept:
    """How a file is called and kept."""

    def __init__(self, file: File, etag: str, *, anyone: bool, named: bool) -> None:
        who = "public" if anyone else "private"
        if named:
            self._cache = f"{who}, {KEPT}"
        else:
            self._cache = f"{who}, max-age={file.fresh_seconds}" if file.fresh_seconds else "no-store"
        self._file, self._etag = file, etag

    def answer(self, content: bytes, status: int) -> Response:
        """With so much of it."""
        response = served_file(self._file, content)
        response.status_code = status
        response.headers.update({"ETag": self._etag, "Cache-Control": self._cache, "Accept-Ranges": "bytes"})
        return response


def _names(header: str, etag: str) -> bool:
    """Whether one of the names is ours; a proxy that has packed the file may have called it weak."""
    names = [one.strip().removeprefix("W/") for one in header.split(",")]
    return etag in names or names == ["*"]
