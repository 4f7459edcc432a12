"""A room outside of the checkout has the rights of a bundled one, and nothing of the platform names it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.processes import START, Process, Simulator, free_port, wait_until

ROOM = Path(__file__).with_name("guestbook")
ANN = 501
TOKEN = "4343:book"
MIGRATE = "from mailroom.ops.cli import main; main()"
CONFIG = f"""
[bots.book]
token = "{TOKEN}"
secret = "acceptance"
room = "guestbook"
options.thanks = "Thanks a lot."
"""


@pytest.fixture
def serving(folder: Path, stores: dict[str, str], telegram: Simulator):
    shutil.copytree(ROOM, folder / "guestbook")
    config = folder / "mailroom.toml"
    config.write_text(CONFIG)
    env = {**stores, "TELEGRAM_API_BASE": telegram.url, "PORT": str(free_port())}
    command = [sys.executable, "-c", START, str(config), "ingress,worker"]
    migrated = [sys.executable, "-c", MIGRATE, "migrate", "--config", str(config)]
    done = subprocess.run(migrated, env=os.environ | env, capture_output=True, text=True, check=False)
    assert "book/0001_signatures" in done.stdout, done.stderr
    service = Process(command, folder / "service.log", env)
    service.start("READY")
    yield service
    service.kill()


def test_somebodys_room_beside_the_configuration_has_its_options_its_tables_and_its_queue(
    serving: Process, telegram: Simulator
):
    telegram.ask("send", {"token": TOKEN, "chat_id": ANN, "text": "/sign Ann"})
    said = wait_until(lambda: len(telegram.sent().get(ANN, [])) >= 2 and telegram.sent()[ANN], "both answers")
    assert sorted(said) == ["Ann is number 1 in book.", "Thanks a lot."]
