"""A fault that no restart cures goes up the tree, level by level, until the process ends and says why."""

import sys
from pathlib import Path

import redis

from ops.embedded.redis import EmbeddedRedis
from tests.acceptance.processes import Process, Service, Simulator, wait_until

HASTY = """
import sys
from supervisors import tree
from supervisors.otp.spec import Backoff
tree.QUICK = Backoff(0.01, 0.02)
from ops.cli import main
sys.argv = ["mailroom", "up", "--config", sys.argv[1], "--port", "0"]
main()
"""
"""The process as it is, with shorter pauses between restarts: in earnest this takes a minute and a half."""


def test_the_process_that_gives_up_ends_with_the_reason_as_its_last_line(
    folder: Path, stores: dict[str, str], own_redis: EmbeddedRedis, telegram: Simulator
) -> None:
    config = Service(folder, stores, telegram).command[3]
    env = {
        **stores,
        "TELEGRAM_API_BASE": telegram.url,
        "MAILROOM_DATA": str(folder / "data"),
        "MAILROOM_LOG": "json",
    }
    process = Process([sys.executable, "-c", HASTY, config], folder / "up.log", env)
    process.start("Mailroom is ready")
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
