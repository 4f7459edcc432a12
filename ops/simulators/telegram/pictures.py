"""How large a picture is, read from its first bytes, and which smaller ones Telegram makes of it."""

import struct
import zlib
from typing import Final, NamedTuple

UNKNOWN: Final = (800, 533)
"""What a picture has that is none: tests send any bytes."""

BOXES: Final = (("s", 90), ("m", 320), ("x", 800), ("y", 1280))
"""Telegram's letters for sizes, and the longer side of each; a picture is never made larger."""

THUMBNAIL_SIDE: Final = 320
JPEG_SIZES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


class Size(NamedTuple):
    """One of the sizes that a picture is offered in."""

    letter: str
    width: int
    height: int


def dimensions(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG, GIF, JPEG or WebP; None for anything else."""
    try:
        if content.startswith(b"\x89PNG"):
            return struct.unpack(">II", content[16:24])
        if content.startswith((b"GIF87a", b"GIF89a")):
            return struct.unpack("<HH", content[6:10])
        if content.startswith(b"\xff\xd8"):
            return _of_jpeg(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _of_webp(content)
    except struct.error:
        return None
    return None


def sizes(width: int, height: int) -> list[Size]:
    """Return the sizes of a photo, the smallest first."""
    longer = max(width, height, 1)
    found: list[Size] = []
    for letter, side in BOXES:
        found.append(Size(letter, *fitted(width, height, side)))
        if side >= longer:
            break
    return found


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    """Return the size of a picture that has to fit into a square."""
    scale = min(1.0, side / max(width, height, 1))
    return max(1, round(width * scale)), max(1, round(height * scale))


def blank() -> bytes:
    """Return a grey picture, for what nobody uploaded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 3, 2, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0\x99\x99\x99" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _of_jpeg(content: bytes) -> tuple[int, int] | None:
    place = 2
    while content[place : place + 1] == b"\xff":
        marker, length = struct.unpack(">BH", content[place + 1 : place + 4])
        if marker in JPEG_SIZES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + length
    return None


def _of_webp(content: bytes) -> tuple[int, int] | None:
    kind = content[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", content[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
