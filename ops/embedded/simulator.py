"""A stand-in for an outside company in demo mode, as a process of its own.

It outlives a crash of the service, as the company would: what was not yet delivered is delivered after the
restart, and pages stay open.
"""

import contextlib
import http.client
import json
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from mailroom.ops.embedded import child
from mailroom.ops.embedded.place import StoreError, prepare
from mailroom.ops.embedded.ports import free_port, is_free

START_SECONDS_MAX = 15.0
"""It imports aiohttp and answers; anything longer is a machine at a standstill."""
CALL_SECONDS = 2.0
STOP_SECONDS = 3.0


class DemoSimulator:
    """A simulator of `ops/simulators`; `start` gives its address. A kind says what it is called and where it
    is, and may prepare it once it answers.
    """

    name: str
    """As people read it."""
    module: ClassVar[str]
    label: ClassVar[str]
    """What its files in the data directory are called."""
    sign_of_life: ClassVar[str] = "/sim/health"
    """A path that answers 200 when it is ready."""

    def __init__(self, data: Path, *, port_wanted: int) -> None:
        self.data = data.absolute()
        self.log = self.data / f"{self.label}.log"
        self.pid: int | None = None
        self.port = port_wanted
        self._pid_file = self.data / f"{self.label}.pid"

    @property
    def url(self) -> str:
        """Where it listens."""
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
        command = [sys.executable, "-P", "-m", self.module, "--port", str(self.port), *self.options()]
        self.pid = child.launch(command, self.log).pid
        child.write_private(self._pid_file, f"{self.pid}\n{self.port}\n")

    def wait_until_ready(self) -> str:
        """Return once it answers and is prepared."""
        assert self.pid is not None
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if self._answers():
                self.prepare()
                return self.url
            if not child.is_alive(self.pid):
                words = child.last_words(self.log)
                raise StoreError(f"{self._titled} did not start: {words} (log: {self.log})")
            time.sleep(child.POLL_SECONDS)
        raise StoreError(f"{self._titled} does not answer (log: {self.log})")

    def stop(self) -> None:
        """End it."""
        if self.pid is not None:
            child.stop(self.pid, gentle=signal.SIGTERM, patience_seconds=STOP_SECONDS)
            self._pid_file.unlink(missing_ok=True)
            self.pid = None

    def options(self) -> Sequence[str]:
        """Its command line, besides the port."""
        return ()

    def prepare(self) -> None:
        """What is to be done to it each time it has been started or adopted."""

    def control(self, control: str, fields: Mapping[str, Any]) -> None:
        """Use one of its controls; a demo goes on without, so that a failure is no reason not to start."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CALL_SECONDS)
            connection.request("POST", control, json.dumps(fields))
            connection.getresponse().read()
            connection.close()

    @property
    def _titled(self) -> str:
        return self.name[0].upper() + self.name[1:]

    def _adopt(self) -> bool:
        pid = child.pid_in(self._pid_file)
        if pid is None or not child.is_ours(pid, self.module):
            return False
        self.pid, self.port = pid, int(self._pid_file.read_text().split()[1])
        if self._answers():
            return True
        child.stop(pid, gentle=signal.SIGTERM, patience_seconds=1.0)
        return False

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CALL_SECONDS)
        try:
            connection.request("GET", self.sign_of_life)
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
