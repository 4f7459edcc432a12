"""Whether some bytes are a picture, and whether Telegram shows one of its shape."""

import struct

import pytest

from mailroom.kit import Image, read_image

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 480, 320) + bytes(20) + b"IEND\xae\x42\x60\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(10) + b"\xff\xc0\x00\x11\x08\x01\x40\x01\xe0\x03" + bytes(9)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PNG, ("image/png", 480, 320)),
        (JPEG, ("image/jpeg", 480, 320)),
        (PNG[:-4], None),
        (JPEG[:12], None),
        (b"GIF89a" + bytes(50), None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"", None),
    ],
)
def test_a_picture_is_known_by_what_is_in_it(data, expected):
    image = read_image(data)
    assert (image and (image.mime_type, image.width, image.height)) == expected


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [
        (480, 320, True),
        (9_000, 1_000, True),
        (9_001, 1_000, False),
        (2_000, 100, True),
        (2_001, 100, False),
        (1, 0, False),
    ],
)
def test_a_picture_that_telegram_would_refuse_by_its_shape_is_told(width, height, fits):
    assert Image("image/png", width, height).fits is fits
