"""Nothing acknowledged is lost, whatever is killed: the service, Redis, or the service politely.

`ops/test tests/acceptance --kills 20` is the full run.
"""

import os
import signal
from itertools import islice

import pytest

from mailroom.ops.embedded.redis import EmbeddedRedis
from tests.acceptance.load import People, complaints, expected
from tests.acceptance.processes import Simulator, wait_until
from tests.acceptance.service import Service

CHATS = 8
PROGRESS = 60
"""Messages acknowledged between two kills, so that each kill meets a service at full work."""
BEYOND = 100
"""Messages that are written on while a kill is under way and until the service is back."""


def wait_for_answers(telegram: Simulator, people: People) -> dict[int, list[str]]:
    """Every acknowledged message answered; what is there after the wait, if they do not all come."""

    def all_there() -> dict[int, list[str]] | None:
        sent = telegram.sent()
        wanted = {chat: set(expected(count)) for chat, count in people.acknowledged.items()}
        return sent if all(texts <= set(sent.get(chat, ())) for chat, texts in wanted.items()) else None

    try:
        found: dict[int, list[str]] = wait_until(all_there, "all answers", 30)
    except AssertionError:
        return telegram.sent()
    return found


def make_progress(people: People, messages: int = PROGRESS) -> None:
    start = people.total
    people.go_on(messages + BEYOND)
    wait_until(lambda: people.total >= start + messages, f"{messages} more messages taken")


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_when_the_service_is_killed(
    service: Service, telegram: Simulator, kills: int
) -> None:
    with People(lambda: service.webhook, CHATS) as people:
        for victims in islice(service.victims(), kills):
            make_progress(people)
            for victim in victims:
                victim.kill()
            service.start_and_wait()
        make_progress(people)
        people.finish()
    sent = wait_for_answers(telegram, people)
    print(f"{people.total} messages, {kills} kills, answers to the sender: {dict(people.answers)}")
    assert not complaints(sent, people.acknowledged, crashes=kills)


@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_when_redis_is_killed(
    service: Service, telegram: Simulator, own_redis: EmbeddedRedis, kills: int
) -> None:
    times = max(1, kills // 4)
    with People(lambda: service.webhook, CHATS) as people:
        for _ in range(times):
            make_progress(people)
            assert own_redis.pid is not None
            os.kill(own_redis.pid, signal.SIGKILL)
            own_redis.start()
        make_progress(people)
        people.finish()
    sent = wait_for_answers(telegram, people)
    print(f"{people.total} messages, {times} kills, answers to the sender: {dict(people.answers)}")
    # The service lives on and knows what it has sent: not even the reply in flight is doubled.
    assert not complaints(sent, people.acknowledged, crashes=0)


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_when_the_service_is_asked_to_stop(
    service: Service, telegram: Simulator, kills: int
) -> None:
    times = max(1, kills // 4)
    with People(lambda: service.webhook, CHATS) as people:
        for _ in range(times):
            make_progress(people)
            assert set(service.terminate()) == {0}
            service.start_and_wait()
        make_progress(people)
        people.finish()
    sent = wait_for_answers(telegram, people)
    print(f"{people.total} messages, {times} stops, answers to the sender: {dict(people.answers)}")
    assert not complaints(sent, people.acknowledged, crashes=0)
