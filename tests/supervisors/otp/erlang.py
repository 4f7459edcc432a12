"""Plays scenarios on OTP's own supervisor, where Erlang is at hand."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.supervisors.otp.scenarios import Scenario

RECORDER = Path(__file__).parent / "golden" / "recorder.erl"
SECONDS_PER_SCENARIO = 10
"""Far more than any takes; only so that a hanging run ends."""


def find_erl() -> str | None:
    """`MAILROOM_ERL`, or the `erl` on the path."""
    return os.environ.get("MAILROOM_ERL") or shutil.which("erl")


def record(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """The same scenarios, each with the trace of what OTP did."""
    erl = find_erl()
    assert erl is not None, "set MAILROOM_ERL to an erl"
    load = f'{{ok,M,B}} = compile:file("{RECORDER}", [binary]), code:load_binary(M, "recorder", B), M:main().'
    done = subprocess.run(
        # One scheduler, so that messages arrive in the order in which they were sent.
        [*_start(erl), "-noshell", "+S", "1:1", "-eval", load],
        input="\n".join(scenario.erlang for scenario in scenarios) + "\n",
        capture_output=True,
        text=True,
        timeout=SECONDS_PER_SCENARIO * (1 + len(scenarios)),
        check=False,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == len(scenarios), f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return [
        replace(scenario, trace=tuple(line.split("|"))) for scenario, line in zip(scenarios, lines, strict=True)
    ]


def _start(erl: str) -> list[str]:
    """`erl` is a script with its home written into it; of a tree that was only unpacked we start what it would."""
    home = Path(erl).resolve().parent.parent
    erlexec = next(iter(home.glob("erts-*/bin/erlexec")), None)
    if erlexec is None:
        return [erl]
    return ["env", f"ROOTDIR={home}", f"BINDIR={erlexec.parent}", "EMU=beam", "PROGNAME=erl", str(erlexec)]
