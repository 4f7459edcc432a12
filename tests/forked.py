"""Processes of ours that are forked from one which has everything imported: to import aiogram and the service
takes seconds of a processor, and the tests start hundreds of them. All else about them is a process's own.

Those about the start itself run `mailroom` as anybody does (`tests/ops/cli`, `tests/test_readme.py`).
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CONTEXT: Any = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    [
        "mailroom.ops.cli",
        "mailroom.ops.home",
        "mailroom.ops.run_script",
        "mailroom.ops.serving",
        "mailroom.ops.service",
    ]
)

MAILROOM = str(Path(sys.executable).with_name("mailroom"))
OF_THE_INTERPRETER = "PYTHON"
"""Variables that begin like this are read when it starts, and it has started: they stay as they are."""


class Forked:
    """One of them, from its start on; to be used as a `subprocess.Popen`. `output` and `errors` are files."""

    def __init__(
        self,
        command: Sequence[str],
        output: Path,
        *,
        env: Mapping[str, str] | None = None,
        errors: Path | None = None,
        typed: Path | str = os.devnull,
        cwd: Path | str | None = None,
    ) -> None:
        self.args = list(map(str, command))
        files = (str(typed), str(output), str(errors or output))
        given = (self.args, files, dict(os.environ if env is None else env), str(cwd or Path.cwd()))
        self._process = CONTEXT.Process(target=become, args=given, daemon=True)
        self._process.start()
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, as far as somebody has looked."""
        code: int | None = self._process.exitcode
        return code

    def poll(self) -> int | None:
        """How it ended, or None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises `subprocess.TimeoutExpired` where it does not come in so many seconds."""
        self._process.join(timeout)
        if self.returncode is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it, to whoever is there still."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    cwd: Path | str | None = None,
    stdin: str = "",
    timeout: float = 60,
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run` with its output captured, by a forked process that is told `stdin`."""
    with tempfile.TemporaryDirectory(prefix="mailroom-forked-") as folder:
        said, told = Path(folder, "stdout"), Path(folder, "stderr")
        words = list(map(str, command))
        typed = Path(folder, "stdin")
        typed.write_text(stdin)
        process = Forked(words, said, env=env, errors=told, typed=typed, cwd=cwd)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(words, code, said.read_text(), told.read_text())


def become(command: list[str], files: Sequence[str], env: dict[str, str], folder: str) -> None:
    """What a forked process does to be the one that such a command starts."""
    for number, path in enumerate(files):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        opened = os.open(path, flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - multiprocessing has put another in its place
    os.chdir(folder)
    kept = {name: value for name, value in os.environ.items() if name.startswith(OF_THE_INTERPRETER)}
    os.environ.clear()
    os.environ.update({name: one for name, one in env.items() if not name.startswith(OF_THE_INTERPRETER)})
    os.environ.update(kept)
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    match command:
        case [program, *words] if program == MAILROOM:
            sys.argv = ["mailroom", *words]
            from mailroom.ops.cli import main

            main()
        case [sys.executable, "-c", code, *words]:
            sys.argv, sys.path = ["-c", *words], ["", *sys.path]
            exec(compile(code, "<string>", "exec"), {"__name__": "__main__"})
        case [sys.executable, "-m", module, *words]:
            sys.argv = [module, *words]
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        case [sys.executable, script, *words]:
            sys.argv, sys.path = [script, *words], [str(Path(script).parent), *sys.path]
            runpy.run_path(script, run_name="__main__")
        case _:
            raise AssertionError(f"no command of ours: {command}")
