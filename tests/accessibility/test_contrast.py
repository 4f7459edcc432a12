"""The colours of each page's style sheet, as they are written: text on each ground it is on."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READABLE = 4.5
"""https://www.w3.org/TR/WCAG22/#contrast-minimum"""
CHAT = "ops/simulators/telegram/page/chat.css"
PAY = "ops/simulators/payments/page/pay.css"
CONSOLE = "ingress/console/static/console.css"
APP = "actors/bots/shop/page/files/app.css"
PAIRS = {
    CHAT: {
        "ink": "back panel mine theirs button wall", "dim": "back panel mine theirs button wall",
        "accent": "panel mine theirs button", "accent-ink": "accent", "warn": "panel button",
    },
    PAY: {
        "ink": "back panel button", "dim": "back panel button", "accent": "panel", "accent-ink": "accent",
        "good": "good-back", "bad": "bad-back", "wait": "wait-back", "note-ink": "note",
    },
    CONSOLE: {
        "ink": "back panel raise", "dim": "back panel raise", "accent": "back panel", "accent-ink": "accent",
        "bad": "back panel raise bad-back", "warn": "back panel", "aside": "back panel", "panel": "bad",
        "back": "ink",
    },
    APP: {
        "own-ink": "own-back own-panel raise", "dim": "own-back own-panel raise",
        "own-accent": "own-back own-panel", "own-accent-ink": "own-accent", "own-panel": "own-bad own-ink",
        "own-bad": "own-back own-panel raise", "good": "own-back own-panel", "warn": "own-back own-panel",
        "still": "own-back own-panel",
    },
}  # fmt: skip


@pytest.mark.parametrize("file", PAIRS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_on_every_ground_it_is_on(file, scheme):
    colours = schemes(file)[scheme]
    faint = {
        f"{text} on {ground}": f"{ratio:.2f}"
        for text, grounds in PAIRS[file].items()
        for ground in grounds.split()
        if (ratio := contrast(colours[text], colours[ground])) < READABLE
    }
    assert not faint


def schemes(file):
    """The colours that have names, by scheme: the first block of them is light, the second is dark."""
    blocks = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", body))
        for body in re.findall(r":root[^{]*\{([^}]*)\}", (ROOT / file).read_text())
    ]
    light, dark = [block for block in blocks if block][:2]
    return {"light": light, "dark": light | dark}


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
