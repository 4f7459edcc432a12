"""What judges: learnt from the examples, remembered, and of no use when its process is away."""

import asyncio
import os
import signal

import numpy as np
import psutil
import pytest

from mailroom.actors.bots.shop.consultant.judge import judge as judging
from mailroom.actors.bots.shop.consultant.judge.child import LEARNED
from mailroom.actors.bots.shop.consultant.judge.judge import UnjudgedError, marks
from mailroom.actors.bots.shop.consultant.judge.learn import digest, examples
from mailroom.actors.uses.cpu import Cpu


@pytest.fixture
def own(monkeypatch):
    """A process of its own, which may be killed, and nothing remembered."""
    cpu = Cpu()
    judging._known.clear()
    yield cpu
    asyncio.run(cpu.stop())


def test_what_was_learnt_is_what_the_examples_say():
    """After a change of the examples: `python -m mailroom.actors.bots.shop.consultant.judge.learn`."""
    assert str(np.load(LEARNED)["digest"]) == digest()


def test_no_sentence_is_an_example_of_both():
    assert not set(examples("statements")) & set(examples("prose"))


def test_a_judge_that_was_killed_is_followed_by_another(own):
    lie, honest = asyncio.run(marks(own, ["It costs nothing today.", "It is a calm game."]))
    assert lie > 0 > honest
    pid = own.pid
    os.kill(pid, signal.SIGKILL)
    psutil.Process(pid).wait(10)
    assert asyncio.run(marks(own, ["You can pay later."]))[0] > 0


def test_a_judge_that_does_not_answer_is_not_waited_for(own, monkeypatch):
    asyncio.run(marks(own, ["-"]))
    monkeypatch.setattr(judging, "ANSWER_SECONDS", 0.2)
    os.kill(own.pid, signal.SIGSTOP)
    with pytest.raises(UnjudgedError):
        asyncio.run(marks(own, ["It is a calm game."]))
    assert own.pid is None


def test_a_judge_that_cannot_load_what_it_learnt_is_none(own, monkeypatch):
    monkeypatch.setattr(judging.child, "marks", judging.child.likeness)  # fails as any work may
    with pytest.raises(UnjudgedError):
        asyncio.run(marks(own, ["It is a calm game."]))


def test_the_same_sentence_is_judged_once_and_alike_beside_others(own):
    alone = asyncio.run(marks(own, ["It is a calm game."]))
    assert asyncio.run(marks(own, ["You can pay later.", "It is a calm game."]))[1:] == alone
    asyncio.run(own.stop())
    assert asyncio.run(marks(own, ["It is a calm game."])) == alone, "what is known is not asked again"
    assert own.pid is None
