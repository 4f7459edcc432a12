"""Real processes get real signals: the first stops in order, the second is heard too, on both hosts."""

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, signal, sys, trio, trio.testing
# As from a terminal: a suite that runs in the background hands on that Ctrl-C is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
from mailroom.actors.runtime.host import hosted, run
from mailroom.actors.runtime.signals import stop_signals, wait_for_stop_signal

async def drain_until_forced():
    with stop_signals() as signals:
        print("ready", flush=True)
        print("first", (await signals.wait()).name, flush=True)
        with trio.move_on_after(30):
            print("second", (await signals.wait()).name, flush=True)

async def stop_once():
    async def wait():
        print("stopped by", (await wait_for_stop_signal()).name, flush=True)
    with trio.move_on_after(30):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait)
            await trio.testing.wait_all_tasks_blocked()
            print("ready", flush=True)

async def no_handler():
    try:
        print("ready", flush=True)
        await trio.sleep(30)
    finally:
        print("cleaned up", flush=True)

main = globals()[sys.argv[2]]
if sys.argv[1] == "uvloop":
    run(main)
else:
    asyncio.run(hosted(main))
"""


def start(host: str, main: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, host, main],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert read_line(process) == "ready"
    return process


def read_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def finish(process: "subprocess.Popen[str]") -> tuple[int, str]:
    output, _ = process.communicate(timeout=20)
    return process.returncode, output.strip()


@pytest.mark.parametrize("host", ["uvloop", "asyncio"])
@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_starts_the_drain_and_the_second_is_heard_during_it(
    host: str, first: signal.Signals, second: signal.Signals
) -> None:
    process = start(host, "drain_until_forced")
    process.send_signal(first)
    assert read_line(process) == f"first {first.name}"
    process.send_signal(second)
    assert finish(process) == (0, f"second {second.name}")


@pytest.mark.parametrize("host", ["uvloop", "asyncio"])
def test_waiting_for_one_stop_signal(host: str) -> None:
    process = start(host, "stop_once")
    process.send_signal(signal.SIGTERM)
    assert finish(process) == (0, "stopped by SIGTERM")


@pytest.mark.parametrize("host", ["uvloop", "asyncio"])
def test_ctrl_c_that_nobody_waits_for_cancels_main_and_ends_as_keyboard_interrupt(host: str) -> None:
    process = start(host, "no_handler")
    process.send_signal(signal.SIGINT)
    code, output = finish(process)
    assert output == "cleaned up"
    assert code in (130, -signal.SIGINT)
