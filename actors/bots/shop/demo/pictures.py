"""Pictures for the demo goods: shapes drawn here, a motif for each shelf and colours for each product.

They are drawn once, when a demo is filled, and written as PNG, whose format is in RFC 2083.
"""

import struct
import zlib
from collections.abc import Callable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]
"""A number for each pixel."""
Motif = Callable[[Plane, Plane, float], Plane]
"""Where a shape is, from 0 to 1, at points of a plane that is 3 wide and 2 high, with 0 in the middle."""

WIDTH, HEIGHT = 480, 320
SOFT = 0.012
"""How wide an edge is: a pixel or two."""
PARTS = {b"IHDR": struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)}


def picture(shelf: str, slug: str) -> bytes:
    """The picture of a product, always the same for the same one."""
    chance = blake2b(slug.encode(), digest_size=4).digest()
    hue, turn = chance[0] / 256, chance[1] / 256
    y, x = np.mgrid[1 : -1 : HEIGHT * 1j, -1.5 : 1.5 : WIDTH * 1j]
    # Bands instead of a smooth change: they look drawn, and are a tenth as large.
    band = np.floor((y + 1.0 + 0.25 * x) * 5) / 10
    ground = (
        _colour(hue, 0.42, 0.50) * (1 - band[..., None]) + _colour(hue + 0.09, 0.46, 0.30) * band[..., None]
    )
    shape = MOTIFS[shelf](x, y, turn)[..., None]
    light = _colour(hue + 0.5, 0.30, 0.97)
    return _png(ground * (1 - shape) + light * shape)


def _inside(distance: Plane) -> Plane:
    """1 within a shape, whose edge is where the distance is 0, and 0 outside."""
    found: Plane = np.clip(0.5 - distance / SOFT, 0, 1)
    return found


def _disc(x: Plane, y: Plane, at_x: float, at_y: float, radius: float) -> Plane:
    found: Plane = np.hypot(x - at_x, y - at_y) - radius
    return found


def _box(x: Plane, y: Plane, at_x: float, at_y: float, half_width: float, half_height: float) -> Plane:
    found: Plane = np.maximum(np.abs(x - at_x) - half_width, np.abs(y - at_y) - half_height)
    return found


def _hills(x: Plane, y: Plane, turn: float) -> Plane:
    """A sun over two hills: photographs."""
    left = y - (0.15 - np.abs(x + 0.5 - turn * 0.5))
    right = y - (-0.05 - 0.8 * np.abs(x - 0.7 + turn * 0.4))
    sun = _disc(x, y, 0.8 - 1.4 * turn, 0.55, 0.2)
    return _inside(np.minimum(np.minimum(left, right), sun))


def _bars(x: Plane, y: Plane, turn: float) -> Plane:
    """Bars of a chart: work."""
    heights = [0.25 + 0.5 * ((number * (1 + turn)) % 1.0) for number in (0.31, 0.73, 0.55, 0.97, 1.23)]
    bars = [
        _box(x, y, -0.88 + 0.44 * place, -0.6 + height / 1.2, 0.15, height / 1.2)
        for place, height in enumerate(heights)
    ]
    return _inside(np.minimum.reduce(bars))


def _board(x: Plane, y: Plane, turn: float) -> Plane:
    """Fields of a board, and a ball: games."""
    field = 0.36 + 0.1 * turn
    odd = (np.floor(x / field) + np.floor((y + 0.02) / field)) % 2
    within = np.maximum(np.abs(x) - 1.1, np.abs(y) - 0.72)
    ball = _disc(x, y, 0.7 - 1.3 * turn, 0.1, 0.3)
    return np.maximum(np.where(within < 0, odd * 0.45, 0.0), _inside(ball))


def _steps(x: Plane, y: Plane, turn: float) -> Plane:
    """Steps that go up, and where they lead: courses."""
    steps = [
        _box(x, y, -0.9 + 0.45 * place, -0.75 + 0.14 * (place + 1), 0.225, 0.14 * (place + 1))
        for place in range(4)
    ]
    star = _disc(x, y, 0.92, 0.45 + 0.2 * turn, 0.16)
    return _inside(np.minimum(np.minimum.reduce(steps), star))


def _lock(x: Plane, y: Plane, turn: float) -> Plane:
    """A lock: security."""
    size = 0.9 + 0.25 * turn
    x, y = x / size, y / size
    bow = np.maximum(np.abs(_disc(x, y, 0, 0.1, 0.36)) - 0.08, -y)
    keyhole = np.minimum(_disc(x, y, 0, -0.22, 0.1), _box(x, y, 0, -0.4, 0.045, 0.16))
    body = np.maximum(_box(x, y, 0, -0.3, 0.58, 0.4), -keyhole)
    return _inside(np.minimum(bow, body))


MOTIFS: dict[str, Motif] = {
    "photo": _hills,
    "work": _bars,
    "games": _board,
    "courses": _steps,
    "security": _lock,
}


def _colour(hue: float, saturation: float, lightness: float) -> Plane:
    """Red, green and blue from 0 to 255, of a hue from 0 to 1."""
    around = np.clip(np.abs((hue * 6 + np.array([0, 4, 2])) % 6 - 3) - 1, 0, 1)
    strength = saturation * (1 - abs(2 * lightness - 1))
    found: Plane = 255 * (lightness + strength * (around - 0.5))
    return found


def _png(pixels: Plane) -> bytes:
    rows = np.clip(np.rint(pixels), 0, 255).astype(np.uint8).reshape(HEIGHT, WIDTH * 3)
    # Each row begins with the number of its filter; 0 is none.
    raw = np.concatenate([np.zeros((HEIGHT, 1), np.uint8), rows], axis=1).tobytes()
    parts = [*PARTS.items(), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, content) for name, content in parts)


def _part(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
