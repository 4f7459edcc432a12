"""A loop that is blocked for longer than any call may take never goes on: the process ends itself."""

import json
import sys
import urllib.request
from pathlib import Path

import pytest

from mailroom.supervisors.heartbeat import EXIT_BLOCKED
from tests.acceptance.load import text_update
from tests.acceptance.processes import SECRET, Simulator, wait_until
from tests.acceptance.service import ROLES, Service
from tests.acceptance.shape import APART, Shape, usually_in

IMPATIENT = """
import sys
from pathlib import Path
from mailroom.actors.runtime import host
from mailroom.ops import logs
from mailroom.ops.configuration import load
from mailroom.ops.quick_aiogram import import_aiogram
import_aiogram()
from mailroom.ops.process import Setup
from mailroom.ops.service import Service
logs.configure("json")
ready = lambda url: print("READY", flush=True)
roles = frozenset(sys.argv[2].split(","))
host.run(Service(Setup(load(Path(sys.argv[1])), roles, blocked_seconds_max=2.0), ready).main)
"""
BOT = """
import time
from pathlib import Path
from aiogram import Router
from aiogram.types import Message

router = Router()
BEGUN = Path(__file__).with_name("begun")

@router.message()
async def block_once(message: Message) -> None:
    if not BEGUN.exists():
        BEGUN.touch()
        time.sleep(3600)
    await message.answer("at last")
"""


@pytest.mark.timeout(120)
@usually_in(APART)
def test_shr_h11a_a_loop_blocked_for_too_long_ends_the_process_and_the_next_one_goes_on(
    shape: Shape, folder: Path, stores: dict[str, str], telegram: Simulator
) -> None:
    service = Service(shape, folder, stores, telegram)
    (host,) = service.hosts
    host.command = [sys.executable, "-c", IMPATIENT, str(service.config), ROLES[host.name]]
    (folder / "counter_bot.py").write_text(BOT)
    service.start_and_wait()
    try:
        body = json.dumps(text_update(1, 7, "hello")).encode()
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(service.webhook, body, headers), timeout=20).close()
        assert host.child is not None
        assert host.child.wait(60) == EXIT_BLOCKED
        [last] = [json.loads(line) for line in host.said().splitlines() if '"loop_stuck"' in line]
        assert last["chat"] == "counter:7"
        assert "in block_once" in last["where"]
        assert "time.sleep(3600)" in last["stack"]
        service.start_and_wait()
        wait_until(
            lambda: telegram.sent().get(7) == ["at last"], "the message is handled by the next process"
        )
        assert "loop_stuck" not in host.said()
        assert "waiting_for_chats" not in host.said(), "on its own machine one that is gone is known to be"
    finally:
        service.kill()
