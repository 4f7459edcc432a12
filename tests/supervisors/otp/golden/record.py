"""Records in `traces.jsonl` what OTP's own supervisor does in many scenarios: we are held to it anywhere.

To record anew, with an Erlang on the path or named by `MAILROOM_ERL` (Debian's `erlang-base` is enough, and
`dpkg -x` of it too: no need to install):

    MAILROOM_ERL=/somewhere/usr/lib/erlang/bin/erl python -m tests.supervisors.otp.golden.record

It plays everything twice and keeps nothing if the two differ. Scenarios by chance are the same for the same
seed, so the difference of two recordings is what changed in OTP, or in `scenarios.py`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.supervisors.otp.scenarios import Chance, Op, Scenario

HERE = Path(__file__).parent
TRACES = HERE / "traces.jsonl"
RECORDER = HERE / "recorder.erl"
NUMBER = 400
SEED = 1

AT_CERTAIN_TIMES = [
    # I2: whole seconds count, and both ends of the window. Crashes 1.0 s apart, 1.6 s, 1.3 s, 2.2 s.
    ("one_for_one 1 1 never", ["a permanent 30 quick ok"], "at 1300, crash a, at 2300, crash a"),
    ("one_for_one 1 1 never", ["a permanent 30 quick ok"], "at 1300, crash a, at 2900, crash a"),
    ("one_for_one 1 1 never", ["a permanent 30 quick ok"], "at 1800, crash a, at 3100, crash a"),
    (
        "one_for_one 1 1 never",
        ["a permanent 30 quick ok"],
        "at 1300, crash a, at 3500, crash a, at 5700, crash a",
    ),
    (
        "one_for_all 2 2 never",
        ["a permanent 30 quick ok"],
        "at 1300, crash a, at 2300, crash a, at 3300, crash a",
    ),
    (
        "one_for_all 2 2 never",
        ["a permanent 30 quick ok"],
        "at 1300, crash a, at 2300, crash a, at 4300, crash a",
    ),
    # D1: each has its time, one after another.
    ("one_for_one 1 5 never", ["a permanent 100 deaf ok"], "at 1340, terminate a, clock"),
    ("one_for_one 1 5 never", ["a permanent 200 deaf ok", "b permanent 100 deaf ok"], "at 1340, stop, clock"),
    (
        "one_for_all 1 5 never",
        ["a permanent 200 deaf ok", "b permanent 100 deaf ok"],
        "at 1340, crash a, clock",
    ),
]


def find_erl() -> str | None:
    """`MAILROOM_ERL`, or the `erl` on the path."""
    return os.environ.get("MAILROOM_ERL") or shutil.which("erl")


class Otp:
    """An Erlang that plays scenarios, one after another."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def play(self, scenario: Scenario) -> tuple[str, ...]:
        self._process.stdin.write(f"{scenario.erlang}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line.endswith("\n"), f"the recorder does not understand {scenario.erlang}"
        return tuple(line.removesuffix("\n").split("|"))


@contextmanager
def running_otp(erl: str) -> Iterator[Otp]:
    load = f'{{ok,M,B}} = compile:file("{RECORDER}", [binary]), code:load_binary(M, "recorder", B), M:main().'
    process = subprocess.Popen(
        # One scheduler, so that messages arrive in the order in which they were sent.
        [*_start(erl), "-noshell", "+S", "1:1", "-eval", load],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Otp(process)
    finally:
        process.kill()
        process.communicate()


def _start(erl: str) -> list[str]:
    """`erl` is a script with its home written into it: where it was only unpacked, we start what it would."""
    home = Path(erl).resolve().parent.parent
    erlexec = next(iter(home.glob("erts-*/bin/erlexec")), None)
    if erlexec is None:
        return [erl]
    return ["env", f"ROOTDIR={home}", f"BINDIR={erlexec.parent}", "EMU=beam", "PROGNAME=erl", str(erlexec)]


def scenarios() -> Iterator[Scenario]:
    for flags, children, ops in AT_CERTAIN_TIMES:
        yield Scenario.read({"flags": flags, "children": children, "steps": ["align", *ops.split(", ")]})
    yield from Chance(SEED).scenarios(NUMBER)


def read_traces() -> list[Scenario]:
    return [Scenario.read(json.loads(line)) for line in TRACES.read_text().splitlines()]


def _up_to_its_end(scenario: Scenario) -> Scenario:
    """Without the steps after the supervisor has ended, unless they tell the time."""
    for number, text in enumerate(scenario.trace):
        if "ended:" in text or "failed_to_start:" in text:
            while number + 1 < len(scenario.trace) and scenario.steps[number] == (Op("clock"),):
                number += 1
            return replace(scenario, steps=scenario.steps[:number], trace=scenario.trace[: number + 1])
    return scenario


def main() -> None:
    erl = find_erl()
    if erl is None:
        sys.exit("no Erlang: put an erl on the path, or name one in MAILROOM_ERL")
    lines = []
    with running_otp(erl) as otp:
        for scenario in scenarios():
            trace = otp.play(scenario)
            if otp.play(scenario) != trace:
                sys.exit(f"OTP does not always do the same: {json.dumps(scenario.json)}")
            lines.append(json.dumps(_up_to_its_end(replace(scenario, trace=trace)).json))
    TRACES.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} scenarios, {TRACES.stat().st_size} bytes in {TRACES}")


if __name__ == "__main__":
    main()
