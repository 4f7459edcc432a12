"""The process for work that would stall the loop: it dies, hangs and comes back, and who waits is told."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from mailroom.actors.uses import cpu as doing
from mailroom.actors.uses.cpu import Cpu, CpuBrokenError, CpuBusyError
from tests.actors.uses import work


@pytest.fixture
def cpu():
    """A process that may be killed."""
    cpu = Cpu()
    yield cpu
    asyncio.run(cpu.stop())


def test_work_is_done_elsewhere_and_what_it_has_loaded_stays(cpu):
    async def both():
        return await cpu(work.where), await cpu(work.where)

    (first, loaded), (second, again) = asyncio.run(both())
    assert first == second == cpu.pid != os.getpid()
    assert (loaded, again) == (1, 2)


def test_work_that_takes_the_processor_holds_up_no_loop(cpu):
    async def beside():
        await cpu(work.where)
        spinning = asyncio.ensure_future(cpu(work.spins, 0.5))
        longest, last = 0.0, time.perf_counter()
        while not spinning.done():
            await asyncio.sleep(0.002)
            longest, last = max(longest, time.perf_counter() - last), time.perf_counter()
        return longest

    assert asyncio.run(beside()) < 0.4


def test_what_the_work_raises_is_raised_and_ends_no_process(cpu):
    before = asyncio.run(cpu(work.where))[0]
    with pytest.raises(KeyError, match="chart"):
        asyncio.run(cpu(work.raises, KeyError("chart")))
    with pytest.raises(RuntimeError, match="OddError: 1 and 2"):
        asyncio.run(cpu(work.raises_what_cannot_be_sent))
    assert asyncio.run(cpu(work.where))[0] == before


def test_what_the_work_prints_is_no_answer(cpu):
    assert asyncio.run(cpu(work.prints, "a line")) == "a line"


def test_a_process_that_was_killed_is_followed_by_another(cpu):
    before = asyncio.run(cpu(work.where))[0]
    os.kill(before, signal.SIGKILL)
    psutil.Process(before).wait(10)
    assert asyncio.run(cpu(work.where)) == (cpu.pid, 1)
    assert cpu.pid != before


def test_work_that_ends_the_process_is_told_so_and_the_next_is_done(cpu):
    with pytest.raises(CpuBrokenError, match="ended with 7"):
        asyncio.run(cpu(work.ends_with, 7))
    assert asyncio.run(cpu(work.where))[1] == 1


def test_work_that_takes_too_long_is_ended_and_the_next_is_done(cpu, monkeypatch):
    monkeypatch.setattr(doing, "FIRST_SECONDS", 2.0)

    async def one_after_another():
        before, _ = await cpu(work.where)
        hanging = asyncio.ensure_future(cpu(work.spins, 600.0, seconds=0.1))
        behind = asyncio.ensure_future(cpu(work.where))
        with pytest.raises(CpuBrokenError, match="not answered in time"):
            await hanging
        return before, await behind

    before, (after, loaded) = asyncio.run(one_after_another())
    assert (before != after, loaded) == (True, 1)
    assert not psutil.pid_exists(before)


def test_who_does_not_wait_any_longer_disturbs_nobody(cpu):
    async def impatient():
        before, _ = await cpu(work.where)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await cpu(work.spins, 0.3)
        return before, await cpu(work.where)

    before, (after, loaded) = asyncio.run(impatient())
    assert (before == after, loaded) == (True, 2)


def test_who_would_wait_behind_too_many_is_told_at_once(cpu, monkeypatch):
    monkeypatch.setattr(doing, "WAITING_MAX", 2)

    async def crowd():
        return await asyncio.gather(*(cpu(work.spins, 0.1) for _ in range(3)), return_exceptions=True)

    first, second, third = asyncio.run(crowd())
    assert (first, second, type(third)) == (None, None, CpuBusyError)


def test_what_is_too_large_to_send_is_refused(cpu, monkeypatch):
    monkeypatch.setattr(doing, "FRAME_BYTES_MAX", 100_000)
    with pytest.raises(CpuBrokenError, match="bytes are to be sent"):
        asyncio.run(cpu(work.prints, "x" * 200_000))
    with pytest.raises(CpuBrokenError, match="it answers"):
        asyncio.run(cpu(work.large, 200_000))
    assert len(asyncio.run(cpu(work.large, 90_000))) == 90_000


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "print('none of ours', flush=True)"])
def test_a_process_that_talks_nonsense_is_none(cpu, monkeypatch, tmp_path, program):
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(doing, "CHILD", child)
    with pytest.raises(CpuBrokenError):
        asyncio.run(cpu(work.where))


def test_the_process_does_not_outlive_a_parent_that_was_killed():
    program = (
        "import asyncio\n"
        "from mailroom.actors.uses.cpu import Cpu\n"
        "from tests.actors.uses import work\n"
        "cpu = Cpu()\n"
        "async def main():\n"
        "    print((await cpu(work.where))[0], flush=True)\n"
        "    await cpu(work.spins, 600.0)\n"
        "asyncio.run(main())\n"
    )
    where = {**os.environ, "PYTHONPATH": ":".join(sys.path)}
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        env=where,
    )
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    parent.communicate()
    ends = time.monotonic() + 20
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < ends, "it is still there"
        time.sleep(0.05)
