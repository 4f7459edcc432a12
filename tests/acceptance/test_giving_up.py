"""A fault that no restart cures goes up the tree, level by level, until the process ends and says why."""

import sys
from pathlib import Path

import pytest
import redis

from mailroom.ops.embedded.redis import EmbeddedRedis
from tests.acceptance.processes import Simulator, wait_until
from tests.acceptance.service import Service
from tests.acceptance.shape import TOGETHER, Program

HASTY = """
import sys
from mailroom.supervisors import tree
from mailroom.supervisors.otp.spec import Backoff
tree.QUICK = Backoff(0.01, 0.02)
from mailroom.ops.cli import main
sys.argv = ["mailroom", sys.argv[1], "--config", sys.argv[2]]
main()
"""
"""The process as it is, with shorter pauses between restarts: in earnest this takes a minute and a half."""


@pytest.mark.parametrize("host", ["up", "worker"])  # each shape's, alone: a `web` hosts no chats
def test_the_process_that_gives_up_ends_with_the_reason_as_its_last_line(
    folder: Path, stores: dict[str, str], own_redis: EmbeddedRedis, telegram: Simulator, host: str
) -> None:
    config = Service(TOGETHER, folder, stores, telegram).config
    env = {
        **stores,
        "TELEGRAM_API_BASE": telegram.url,
        "MAILROOM_DATA": str(folder / "data"),
        "MAILROOM_LOG": "json",
    }
    process = Program(host, [sys.executable, "-c", HASTY, host, str(config)], folder, env, ready="is ready")
    process.start_and_wait()
    with redis.Redis.from_url(own_redis.url) as client:
        client.set("mailroom:{7}:timers", "no timers, but a fault that stays")
    assert process.child is not None
    code = wait_until(process.child.poll, "the end of the process", 60)
    lines = process.said().strip().splitlines()
    assert code == 1
    assert lines[-1].startswith("Mailroom gave up: the root gave up: chats was restarted more than 3 times")
    assert "WRONGTYPE" in lines[-1]
    gave_up = [line for line in lines if "child_gave_up" in line]
    for path in ("chats/work/timers", "chats/work", "chats"):
        assert any(f'"path":"{path}"' in line for line in gave_up), path
