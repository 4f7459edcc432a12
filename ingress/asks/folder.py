"""The files that a room brings for the browser: those of its folder, by names that lead nowhere else, and not
again to whoever has them.
"""

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from quart import Response
from werkzeug.datastructures import Headers

INDEX = "index.html"
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}(/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}){0,7}")
"""No dots at the beginning of a part: neither what is hidden nor what is above."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Told by the end of a name, and not by what the machine thinks of it."""
ANY_TYPE = "application/octet-stream"


class Folder:
    """The files below one folder. They are read when they are asked for, so that what is edited is seen.
    Those that are in no folder are given as their bytes.
    """

    def __init__(self, folder: Path, written: Mapping[str, bytes] | None = None) -> None:
        self._folder = folder.resolve()
        self._written = {name: (content, _etag(content)) for name, content in (written or {}).items()}
        self._read: dict[str, tuple[tuple[int, int], bytes, str]] = {}

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def file(self, name: str, asked: Headers) -> Response | None:
        """The answer with a file; None if there is none of this name."""
        if (found := self._find(name or INDEX)) is None:
            return None
        content, etag = found
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        kind = TYPES.get(Path(name or INDEX).suffix.lower(), ANY_TYPE)
        if etag in [one.strip().removeprefix("W/") for one in asked.get("If-None-Match", "").split(",")]:
            return Response(b"", 304, headers, content_type=kind)
        return Response(content, 200, headers, content_type=kind)

    def _find(self, name: str) -> tuple[bytes, str] | None:
        if NAME.fullmatch(name) is None:
            return None
        if name in self._written:
            return self._written[name]
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            return None
        state = path.stat()
        version = (state.st_mtime_ns, state.st_size)
        if (read := self._read.get(name)) is None or read[0] != version:
            content = path.read_bytes()
            read = self._read[name] = version, content, _etag(content)
        return read[1], read[2]


def _etag(content: bytes) -> str:
    return f'"{sha256(content).hexdigest()[:32]}"'


def first(folders: Sequence[Folder], name: str, asked: Headers) -> Response | None:
    """The file of the first folder that has it."""
    return next((found for one in folders if (found := one.file(name, asked)) is not None), None)
