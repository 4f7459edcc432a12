"""A simulator as a process of its own, for as long as somebody wants it, and its controls."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ANSWER_SECONDS_MAX = 20


class Simulator:
    """One that runs, and what its controls answer."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, verb: str, path: str, **given: Any) -> Any:
        """Use a control, or look."""
        address = self.url.removeprefix("http://")
        connection = http.client.HTTPConnection(address, timeout=ANSWER_SECONDS_MAX)
        try:
            connection.request(verb, f"/sim/{path}", json.dumps(given))
            response = connection.getresponse()
            answer = json.loads(response.read())
            assert response.status == 200, (path, given, answer)
            return answer
        finally:
            connection.close()


@contextmanager
def simulator(module: str, folder: Path) -> Iterator[Simulator]:
    """Start `mailroom.ops.simulators.MODULE`; its log is in the folder."""
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"mailroom.ops.simulators.{module}", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "ready at" in line, line
            yield Simulator(line.split()[-1])
        finally:
            process.terminate()
            process.wait()
