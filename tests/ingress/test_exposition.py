"""Metrics, for many who ask at once."""

from itertools import pairwise

import trio
from prometheus_client import Counter
from trio.testing import MockClock

from mailroom.ingress import exposition
from mailroom.ingress.exposition import EVERY_SECONDS, Exposition

ASKED = Counter("test_exposition_asked_total", "Times somebody asked, in this test")


def test_a_hundred_who_ask_at_once_do_not_have_it_made_a_hundred_times(monkeypatch) -> None:
    """Each took the loop for itself, and the answers of everybody else came late."""
    made = []
    monkeypatch.setattr(exposition, "generate_latest", lambda: made.append(trio.current_time()) or b"")

    async def main() -> None:
        latest = Exposition().latest
        async with trio.open_nursery() as nursery:
            for _ in range(100):
                nursery.start_soon(latest)
        await latest()

    trio.run(main, clock=MockClock(autojump_threshold=0))
    assert len(made) <= 3
    assert all(later - earlier >= EVERY_SECONDS for earlier, later in pairwise(made))


def test_nobody_is_told_what_was_so_before_they_asked() -> None:
    async def main() -> None:
        shown = Exposition()
        for number in range(1, 4):
            ASKED.inc()
            assert f"test_exposition_asked_total {number}.0".encode() in await shown.latest()

    trio.run(main, clock=MockClock(autojump_threshold=0))
