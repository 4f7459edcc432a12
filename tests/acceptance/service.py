"""Mailroom with a bot whose answers can be checked, in any shape."""

import sys
from collections.abc import Mapping
from pathlib import Path

from tests.acceptance.processes import CONFIG, START, Simulator
from tests.acceptance.shape import Installation, Program, Shape

ROLES = {"up": "ingress,worker", "web": "ingress", "worker": "worker"}


class Service(Installation):
    """All of it."""

    def __init__(self, shape: Shape, folder: Path, stores: Mapping[str, str], telegram: Simulator) -> None:
        self.config = folder / "mailroom.toml"
        self.config.write_text(CONFIG)
        (folder / "counter_bot.py").write_text(Path(__file__).with_name("counter_bot.py").read_text())
        env = {**stores, "TELEGRAM_API_BASE": telegram.url}

        def make(name: str) -> Program:
            command = [sys.executable, "-c", START, str(self.config), ROLES[name]]
            return Program(name, command, folder, env, ready="READY")

        super().__init__(shape, make)
        self.webhook = f"{self.url}/webhook/telegram/counter"
