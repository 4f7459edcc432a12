"""The stand-in for Telegram in demo mode: a simulator with a chat page, as a process of its own.

It outlives a crash of the service, as Telegram would: the page stays open, and what was not yet delivered
is delivered after the restart.
"""

import contextlib
import http.client
import json
import signal
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from ops.embedded import child
from ops.embedded.place import StoreError, prepare

MODULE = "ops.simulators.telegram"
START_SECONDS_MAX = 15.0
"""It imports aiohttp and answers; anything longer is a machine at a standstill."""


class DemoTelegram:
    """The simulator; `start` gives the address of its Bot API, which is that of its chat page too."""

    name = "the Telegram simulator"

    def __init__(self, data: Path, *, port_wanted: int, bots: Mapping[str, str] | None = None) -> None:
        """`bots` are the tokens of those that people will find on the page, by name."""
        self.data = data.absolute()
        self.log = self.data / "telegram.log"
        self.pid: int | None = None
        self.port = port_wanted
        self._bots = dict(bots or {})
        self._pid_file = self.data / "telegram.pid"

    @property
    def url(self) -> str:
        """Where to chat."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> str:
        """Bring it up, wait until it answers, and give its address."""
        self.launch()
        return self.wait_until_ready()

    def launch(self) -> None:
        """Adopt the simulator of an earlier run, or start one."""
        prepare(self.data)
        if self._adopt():
            return
        if not is_free(self.port):
            self.port = free_port()
        command = [sys.executable, "-m", MODULE, "--port", str(self.port)]
        self.pid = child.launch(command, self.log).pid
        self._pid_file.write_text(f"{self.pid}\n{self.port}\n")

    def wait_until_ready(self) -> str:
        """Return once it answers."""
        assert self.pid is not None
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if self._answers():
                self._introduce_bots()
                return self.url
            if not child.is_alive(self.pid):
                words = child.last_words(self.log)
                raise StoreError(f"The Telegram simulator did not start: {words} (log: {self.log})")
            time.sleep(child.POLL_SECONDS)
        raise StoreError(f"The Telegram simulator does not answer (log: {self.log})")

    def stop(self) -> None:
        """Stop it; its chats were never meant to last."""
        if self.pid is not None:
            child.stop(self.pid, gentle=signal.SIGTERM, patience_seconds=3.0)
            self._pid_file.unlink(missing_ok=True)
            self.pid = None

    def _introduce_bots(self) -> None:
        """Have the page show each bot by its name, else it would be called after its token's number."""
        for name, token in self._bots.items():
            shown = name.replace("_", " ").replace("-", " ").capitalize()
            body = json.dumps({"token": token, "name": shown})
            with contextlib.suppress(OSError, http.client.HTTPException):  # a name is no reason not to start
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2.0)
                connection.request("POST", "/sim/bots", body)
                connection.getresponse().read()
                connection.close()

    def _adopt(self) -> bool:
        pid = child.pid_in(self._pid_file)
        if pid is None or not child.is_ours(pid, MODULE):
            return False
        self.pid, self.port = pid, int(self._pid_file.read_text().split()[1])
        if self._answers():
            return True
        child.stop(pid, gentle=signal.SIGTERM, patience_seconds=1.0)
        return False

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2.0)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody could listen there now."""
    try:
        listen_once(host, port)
    except OSError:
        return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    """Some port that nobody listens on."""
    return listen_once(host, 0)


def listen_once(host: str, port: int) -> int:
    """Listen for a moment, as a server would, to learn whether that is possible; gives the port."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        number: int = listener.getsockname()[1]
        return number
