"""A process of a contestant, as the benchmark sees it: told what to do, and answering."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mailroom.ops.bench.children import ChildError, cpu_seconds

ANSWER_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 10.0


class Remote:
    """One producer or worker. Raises `ChildError` when it fails at what it was told, or is gone."""

    def __init__(self, name: str, arguments: list[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "mailroom.ops.bench.outbox.part", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **environment},
                cwd="/",
            )

    def ask(self, do: str, *, answer_seconds_max: float = ANSWER_SECONDS_MAX, **rest: Any) -> dict[str, Any]:
        """Have something done, and return its figures."""
        self.tell(do, **rest)
        return self.answer(answer_seconds_max)

    def tell(self, do: str, **rest: Any) -> None:
        """Have something done, and do something else meanwhile; `answer` must follow."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **rest}).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._gone() from None

    def answer(self, seconds_max: float = ANSWER_SECONDS_MAX) -> dict[str, Any]:
        """What became of it."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], seconds_max)[0]:
            raise ChildError(f"{self.name} did not answer within {seconds_max:.0f} s")
        line = self._process.stdout.readline()
        if not line:
            raise self._gone()
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            raise ChildError(f"{self.name}: {answer['failed']}")
        return answer

    def check(self) -> None:
        """Raise if it is gone."""
        if self._process.poll() is not None:
            raise self._gone()

    def cpu_seconds(self) -> float:
        """Processor time it has used so far."""
        return cpu_seconds(self._process.pid)

    def stop(self) -> None:
        """End it, and make sure of it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()  # no more commands: it closes what it has and ends
            self._process.wait(STOP_SECONDS_MAX)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _gone(self) -> ChildError:
        time.sleep(0.1)  # its last words may be on their way
        words = " | ".join(self._log.read_text(errors="replace").splitlines()[-5:])
        return ChildError(f"{self.name} has ended: {words}")
