"""Whether some bytes are a picture that can be shown: JPEG or PNG, by what is in them and not by a name."""

import struct
from dataclasses import dataclass
from typing import Literal

PNG = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xae\x42\x60\x82"
JPEG = b"\xff\xd8\xff"
FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Marks of JPEG that a frame's size follows; the three others are tables: ITU T.81, table B.1."""
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xDA)})
SIDES_SUM_MAX = 10_000
RATIO_MAX = 20
"""What Telegram takes as a photo."""


@dataclass(frozen=True, slots=True)
class Image:
    """What the bytes are."""

    mime_type: Literal["image/jpeg", "image/png"]
    width: int
    height: int

    @property
    def fits(self) -> bool:
        """Whether Telegram shows a picture of this shape."""
        shorter, longer = sorted((self.width, self.height))
        return shorter > 0 and shorter + longer <= SIDES_SUM_MAX and longer <= shorter * RATIO_MAX


def read_image(data: bytes) -> Image | None:
    """What a picture is; None if these bytes are none, or break off."""
    if data.startswith(PNG):
        if data[12:16] != b"IHDR" or not data.rstrip(b"\0").endswith(PNG_END):
            return None
        width, height = struct.unpack(">II", data[16:24])
        return Image("image/png", width, height)
    if data.startswith(JPEG):
        size = _jpeg_size(data)
        return Image("image/jpeg", *size) if size is not None else None
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of the first frame: from mark to mark, each with the length of what belongs to it."""
    place = 2
    while place + 9 < len(data):
        if data[place] != 0xFF:
            return None
        mark = data[place + 1]
        if mark == 0xFF:
            place += 1
        elif mark in WITHOUT_LENGTH:
            place += 2
        elif mark in FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None
