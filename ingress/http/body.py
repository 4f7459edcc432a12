"""The body of a request, by its length or in chunks: taken out of what was received, to the byte.

What follows it is the next request's. A body costs its length, however it is cut up: the bytes that only cut
it have a limit of their own.
"""

import re
from enum import Enum, auto

from mailroom.ingress.http.head import Head
from mailroom.ingress.http.refused import RefusedError

FRAMING_BYTES_MAX = 64 * 1024
"""Sizes and ends of chunks in one body: a mebibyte in chunks of a hundred bytes."""
TRAILER_BYTES_MAX = 8 * 1024
"""Fields after a body in chunks. They are read over: nothing that matters is said at the end."""
LINE_BYTES_MAX = 4 * 1024

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\x00\r\n]*)?")


class Sized:
    """A body of so many bytes."""

    def __init__(self, length: int) -> None:
        self._left = length

    @property
    def complete(self) -> bool:
        """Whether all of it was taken."""
        return self._left == 0

    def take(self, received: bytearray) -> bytes:
        """Take what is there of it."""
        piece = bytes(received[: self._left])
        del received[: self._left]
        self._left -= len(piece)
        return piece

    def is_here(self, received: bytearray) -> bool:
        """Whether all that is left of it was received."""
        return len(received) >= self._left


class _Next(Enum):
    SIZE = auto()
    CONTENT = auto()
    END_OF_CHUNK = auto()
    TRAILER = auto()
    NOTHING = auto()


class Chunked:
    """A body in chunks (RFC 9112, 7.1)."""

    def __init__(self) -> None:
        self._next = _Next.SIZE
        self._left = 0
        self._framing_bytes = 0
        self._trailer_bytes = 0

    @property
    def complete(self) -> bool:
        """Whether all of it was taken, with its trailers."""
        return self._next is _Next.NOTHING

    def take(self, received: bytearray) -> bytes:
        """Take what is there of it. Raises `RefusedError`."""
        content, at = bytearray(), 0
        while self._next is not _Next.NOTHING:
            if self._next is _Next.CONTENT:
                piece = received[at : at + self._left]
                if not piece:
                    break
                content += piece
                at += len(piece)
                self._left -= len(piece)
                if not self._left:
                    self._next = _Next.END_OF_CHUNK
                continue
            end = received.find(b"\r\n", at, at + LINE_BYTES_MAX)
            if end < 0:
                if len(received) - at >= LINE_BYTES_MAX:
                    raise RefusedError(400, "a line between chunks does not end")
                break
            self._read_line(bytes(received[at:end]))
            at = end + 2
        del received[:at]
        return bytes(content)

    def is_here(self, received: bytearray) -> bool:  # noqa: ARG002 - not told without reading it
        """Whether all that is left of it was received, as far as is known."""
        return self.complete

    def _read_line(self, line: bytes) -> None:
        if self._next is _Next.TRAILER:
            self._trailer_bytes += len(line) + 2
            if self._trailer_bytes > TRAILER_BYTES_MAX:
                raise RefusedError(431, f"trailers have at most {TRAILER_BYTES_MAX} bytes")
            if not line:
                self._next = _Next.NOTHING
            return
        self._framing_bytes += len(line) + 2
        if self._framing_bytes > FRAMING_BYTES_MAX:
            raise RefusedError(413, "a body is not cut into so many chunks")
        if self._next is _Next.END_OF_CHUNK:
            if line:
                raise RefusedError(400, "a chunk is longer than its size")
            self._next = _Next.SIZE
            return
        size = _SIZE.fullmatch(line)
        if size is None:
            raise RefusedError(400, "the size of a chunk is no number")
        self._left = int(size[1], 16)
        self._next = _Next.CONTENT if self._left else _Next.TRAILER


Body = Sized | Chunked


def body_of(head: Head) -> Body:
    """The body that comes after this head."""
    return Chunked() if head.chunked else Sized(head.length or 0)
