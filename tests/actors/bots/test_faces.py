"""What a bundled bot is can be known without what it runs on."""

import subprocess
import sys

import pytest

from mailroom.ops.bundled import bundled_bots, room

FRAMEWORKS = ("aiogram", "openai", "asyncpg", "redis", "httpx", "quart", "trio")


@pytest.mark.parametrize("kind", bundled_bots())
def test_importing_the_face_of_a_room_loads_no_framework(kind):
    loads = f"import sys, mailroom.actors.bots.{kind}"
    done = subprocess.run(
        [sys.executable, "-c", f"{loads}; print(*(set({FRAMEWORKS}) & sys.modules.keys()))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == []


@pytest.mark.parametrize("kind", bundled_bots())
def test_somebody_does_the_jobs_of_every_queue_that_a_room_has(kind):
    class OfOne:
        bot, database = "night", None

    its = room(kind)
    handlers = its.parts().jobs(OfOne())
    assert [one.queue for one in handlers] == [queue.of("night") for queue in its.queues]
    assert all(len(one) for one in handlers)
