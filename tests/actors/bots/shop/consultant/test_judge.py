"""The process that judges: it dies, hangs and comes back, and nothing is shown meanwhile."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from mailroom.actors.bots.shop.consultant.judge import judge as judging
from mailroom.actors.bots.shop.consultant.judge.child import LEARNED
from mailroom.actors.bots.shop.consultant.judge.judge import Judge, UnjudgedError
from mailroom.actors.bots.shop.consultant.judge.learn import digest, examples


@pytest.fixture
def own():
    """A judge that may be killed."""
    judge = Judge()
    yield judge
    judge.stop()


def test_what_was_learnt_is_what_the_examples_say():
    """After a change of the examples: `python -m mailroom.actors.bots.shop.consultant.judge.learn`."""
    assert str(np.load(LEARNED)["digest"]) == digest()


def test_no_sentence_is_an_example_of_both():
    assert not set(examples("statements")) & set(examples("prose"))


def test_a_judge_that_was_killed_is_followed_by_another(own):
    lie, honest = own.marks(["It costs nothing today.", "It is a calm game."])
    assert lie > 0 > honest
    os.kill(own._process.pid, signal.SIGKILL)
    own._process.wait()
    assert own.marks(["You can pay later."])[0] > 0


def test_a_judge_does_not_outlive_a_parent_that_was_killed():
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            (
                "from mailroom.actors.bots.shop.consultant.judge.judge import JUDGE\n"
                "JUDGE.warm()\nprint(JUDGE._process.pid, flush=True)\ninput()"
            ),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    child = int(parent.stdout.readline())
    assert psutil.pid_exists(child)
    parent.kill()
    parent.communicate()
    ends = time.monotonic() + 20
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < ends, "it is still there"
        time.sleep(0.05)


def test_a_judge_that_does_not_answer_is_not_waited_for(own, monkeypatch):
    own.marks(["-"])
    monkeypatch.setattr(judging, "ANSWER_SECONDS", 0.2)
    os.kill(own._process.pid, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(UnjudgedError):
        own.marks(["It is a calm game."])
    assert time.monotonic() - began < 5
    assert own._process is None


@pytest.mark.parametrize(
    "program", ["raise SystemExit(3)", "print('no JSON', flush=True)", "print('[]', flush=True)"]
)
def test_a_judge_that_talks_nonsense_is_none(own, monkeypatch, tmp_path, program):
    child = tmp_path / "child.py"
    child.write_text(program)
    monkeypatch.setattr(judging, "CHILD", child)
    with pytest.raises(UnjudgedError):
        own.marks(["It is a calm game."])


def test_the_same_sentence_is_judged_once_and_alike_beside_others(own):
    alone = own.marks(["It is a calm game."])
    assert own.marks(["You can pay later.", "It is a calm game."])[1:] == alone
    own.stop()
    assert own.marks(["It is a calm game."]) == alone, "what is known is not asked again"
    assert own._process is None
