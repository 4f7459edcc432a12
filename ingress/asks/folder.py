"""The files that a room brings for the browser: read once, called by strict names, and not sent again to
whoever has them as they are.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from quart import Response
from werkzeug.datastructures import Headers

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""What a browser is given, by its ending; anything else in the folder is not for it."""
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")


@dataclass(frozen=True, slots=True)
class Kept:
    """One of them."""

    content: bytes
    type: str
    etag: str


class Folder:
    """All of them. Nothing else can be asked for, whatever an address looks like."""

    def __init__(self, place: Path) -> None:
        self._files = dict(_read(place))

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def answer(self, name: str, asked: Headers, more: Mapping[str, str]) -> Response | None:
        """A file, with more headers; not again to whoever has it as it is. None where there is no such."""
        file = self._files.get(name)
        if file is None:
            return None
        headers = {
            "ETag": file.etag,
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
            **more,
        }
        if file.etag in [one.strip().removeprefix("W/") for one in asked.get("If-None-Match", "").split(",")]:
            return Response("", 304, headers)
        return Response(file.content, 200, headers, content_type=file.type)


def _read(place: Path) -> Iterator[tuple[str, Kept]]:
    for path in sorted(place.rglob("*")):
        name, kind = path.relative_to(place).as_posix(), TYPES.get(path.suffix.lower())
        if kind is not None and NAME.fullmatch(name) and path.is_file():
            content = path.read_bytes()
            yield name, Kept(content, kind, f'"{sha256(content).hexdigest()[:32]}"')
