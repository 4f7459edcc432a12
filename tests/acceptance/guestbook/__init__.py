"""A guest book: somebody's own bot, which no checkout knows."""

from pathlib import Path

from guestbook.jobs import INK
from guestbook.options import Options
from mailroom import BundledBot, Parts


def _parts() -> Parts[Options]:
    from guestbook.parts import PARTS

    return PARTS


BOT = BundledBot(
    options=Options, parts=_parts, queues=(INK,), migrations=Path(__file__).with_name("migrations")
)
