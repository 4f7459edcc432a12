"""The service, the simulator and Redis as real processes, to be killed, stopped and started again."""

import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.forked import Forked

READY_SECONDS_MAX = 90.0
"""For a process to start on a machine that has much else to do: a deadline, nothing is measured."""
TOKEN = "4242:counter"
SECRET = "acceptance"
CONFIG = f"""
[bots.counter]
token = "{TOKEN}"
secret = "{SECRET}"
router = "counter_bot:router"
"""
START = """
import sys
from pathlib import Path
from mailroom.ops import logs
from mailroom.ops.configuration import load
from mailroom.ops.quick_aiogram import import_aiogram
import_aiogram()
from mailroom.ops.service import serve
logs.configure("json")
serve(load(Path(sys.argv[1])), roles=sys.argv[2].split(","), ready=lambda url: print("READY", flush=True))
"""


class NeverHappenedError(AssertionError):
    """What was waited for did not come about in time."""


def wait_until(true: Callable[[], Any], what: str, seconds: float = READY_SECONDS_MAX) -> Any:
    """Look again and again until it is so, and return what made it so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.02)
    raise NeverHappenedError(f"{what}: not within {seconds:.0f} s")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Process:
    """One program of ours; it never outlives the test."""

    def __init__(self, command: list[str], log: Path, env: dict[str, str] | None = None) -> None:
        self.command = command
        self.log = log
        self.env = {**os.environ, **(env or {})}
        self.child: Forked | None = None

    def launch(self) -> None:
        self.log.touch()
        self._from = self.log.stat().st_size
        self.child = Forked(self.command, self.log, env=self.env)

    def start(self, ready: str) -> None:
        """Launch, and wait for the line that says so."""
        self.launch()
        self.wait_for(ready)

    def wait_for(self, words: str) -> None:
        """Wait until the program, since its last launch, has said these words."""
        wait_until(lambda: words in self.said() or self._ended(), f"{words!r} in {self.log}")

    def said(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        assert self.child is not None
        self.child.send_signal(number)

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        if self.child is not None and self.child.poll() is None:
            self.child.kill()
            self.child.wait()

    def terminate(self) -> int:
        """As every platform does before an update; returns the exit code."""
        assert self.child is not None
        self.child.terminate()
        return self.child.wait(READY_SECONDS_MAX)

    def _ended(self) -> bool:
        assert self.child is not None
        if (code := self.child.poll()) is not None:
            raise AssertionError(f"ended with {code}: {self.said()[-3000:]}")
        return False


class Simulator(Process):
    """Telegram."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "mailroom.ops.simulators.telegram", "--port", str(self.port)]
        super().__init__(command, folder / "telegram.log")
        self._texts: dict[int, list[str]] = {}
        self._since = 0

    def ask(self, path: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        """Use the control API."""
        data = json.dumps(given).encode() if given is not None else None
        request = urllib.request.Request(f"{self.url}/sim/{path}", data)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.load(answer)  # type: ignore[no-any-return]
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from None

    def sent(self) -> dict[int, list[str]]:
        """Every text that the bot has sent and that arrived, by chat, in the order of arrival."""
        while True:
            page = self.ask(f"calls?since={self._since}&limit=10000&method=sendMessage")
            for call in page["calls"]:
                if call["ok"]:
                    self._texts.setdefault(call["chat_id"], []).append(call["args"]["text"])
            if page["next"] <= self._since:
                assert page["oldest"] == 0, "the log of calls is too short for this test"
                return {chat: list(texts) for chat, texts in self._texts.items()}
            self._since = page["next"]
