"""A store that is gone, read-only or full: what cannot be kept is not accepted, what is kept is not lost."""

import json
import time
from collections.abc import Callable

import psutil
import pytest

from tests.acceptance.hostile.raw import ask, request
from tests.acceptance.hostile.stack import SECRET, Stack, new_chat, numbered, update
from tests.acceptance.processes import wait_until
from tests.acceptance.shape import APART, TOGETHER, usually_in


def refused_for_now(stack: Stack, chat: int) -> bool:
    """An answer that makes Telegram come back, and tells nothing of the inside."""
    body = json.dumps(update(chat, "never taken")).encode()
    seen = ask(stack.service.port, request("/webhook/telegram/strict", body, secret=SECRET))
    if seen.status == 200:
        return False
    assert seen.status == 503
    assert int(seen.headers["retry-after"]) >= 1
    assert b"Traceback" not in seen.body
    assert b"redis" not in seen.body.lower()
    return True


def ready(stack: Stack) -> dict[str, str] | None:
    """What /readyz complains of; None when it does not."""
    seen = ask(stack.service.port, request("/readyz", method="GET"))
    found: dict[str, str] = json.loads(seen.body)["reasons"]
    assert (seen.status == 503) == bool(found)
    return found or None


def in_progress(stack: Stack, chat: int, seconds: float) -> None:
    """A message of this chat is being handled, and two more wait, all acknowledged."""
    answers = stack.post(chat, f"slow {seconds}", connections=1) + stack.post(
        chat, "then", "last", connections=1
    )
    assert [status for status, _, _ in answers] == [200] * 3


def kill(stack: Stack) -> Callable[[], object]:
    stack.kill_redis()
    return stack.redis.start


def demote(stack: Stack) -> Callable[[], object]:
    """A failover made it a replica, and its new primary is out of reach."""
    stack.store.execute_command("REPLICAOF", "127.0.0.1", "1")
    return lambda: stack.store.execute_command("REPLICAOF", "NO", "ONE")


def isolate(stack: Stack) -> Callable[[], object]:
    stack.store.config_set("min-replicas-to-write", 1)
    return lambda: stack.store.config_set("min-replicas-to-write", 0)


@usually_in(APART)
@pytest.mark.parametrize("harm", [kill, demote, isolate])
def test_redis_that_cannot_write_costs_503_and_nothing_else(
    stack: Stack, harm: Callable[[Stack], Callable[[], object]]
) -> None:
    chat, later = new_chat(), new_chat()
    in_progress(stack, chat, 0.8)
    heal = harm(stack)
    try:
        assert refused_for_now(stack, new_chat())
        if harm is kill:
            assert "redis" in (ready(stack) or {})
        pids = stack.service.pids
    finally:
        heal()
    assert stack.post_until_taken([update(later, "later")]) <= 20
    assert stack.wait_for_replies(chat, 3) == numbered(["slow 0.8", "then", "last"])
    assert stack.wait_for_replies(later, 1) == ["1 later"]
    assert (stack.service.pids, stack.service.alive) == (pids, True), "it recovered without a restart"
    wait_until(lambda: ready(stack) is None, "ready again", 10)


class TestRedisFull:
    """Accepting needs memory, finishing gives it back: what was accepted is worked off, also by the next."""

    @pytest.fixture
    def full(self, stack: Stack) -> Callable[[], None]:
        def fill() -> None:
            stack.store.config_set("maxmemory", 1)
            assert refused_for_now(stack, new_chat())

        yield fill
        stack.store.config_set("maxmemory", 0)

    def test_what_was_accepted_is_handled_and_committed(self, stack: Stack, full: Callable[[], None]) -> None:
        chat, later = new_chat(), new_chat()
        in_progress(stack, chat, 0.8)
        full()
        assert stack.wait_for_replies(chat, 3, seconds=8) == numbered(["slow 0.8", "then", "last"])
        wait_until(lambda: stack.left_in_line(chat) == 0, "all committed", 5)
        assert refused_for_now(stack, new_chat()), "it is still full"
        stack.store.config_set("maxmemory", 0)
        stack.post_until_taken([update(later, "later")])
        assert stack.wait_for_replies(later, 1) == ["1 later"]

    def test_also_by_a_service_that_was_started_meanwhile(
        self, stack: Stack, full: Callable[[], None]
    ) -> None:
        chat = new_chat()
        in_progress(stack, chat, 0.8)
        full()
        stack.service.kill()
        stack.service.start_and_wait()
        assert stack.wait_for_replies(chat, 3, seconds=10) == numbered(["slow 0.8", "then", "last"])


def stop_postgres(stack: Stack) -> Callable[[], object]:
    """It is gone, and says so to whoever calls."""
    stack.postgres.stop()
    return stack.postgres.start


def freeze_postgres(stack: Stack) -> Callable[[], object]:
    """It is there, takes connections, and answers nothing: what was asked meanwhile it does when it wakes."""
    assert stack.postgres.pid is not None
    server = psutil.Process(stack.postgres.pid)
    everybody = [server, *server.children(recursive=True)]
    for one in everybody:
        one.suspend()
    return lambda: [one.resume() for one in everybody if one.is_running()]


@pytest.mark.timeout(90)
@pytest.mark.parametrize("harm", [stop_postgres, freeze_postgres])
def test_postgres_away_for_longer_than_the_lease_stops_nobody_and_doubles_nothing(
    stack: Stack, harm: Callable[[Stack], Callable[[], object]]
) -> None:
    # Seen: the lease ran out after five seconds, everybody stopped, and calls in flight went out again.
    chats = [new_chat() for _ in range(5)]
    lost = stack.service.said().count("chats_lost")
    taken = stack.service.said().count("chats_owned")
    sent = 0

    def write() -> None:
        nonlocal sent
        sent += 1
        for chat in chats:
            assert [status for status, _, _ in stack.post(chat, f"message {sent}", connections=1)] == [200]

    write()
    away_since = time.monotonic()
    heal = harm(stack)
    try:
        wait_until(lambda: stack.metric("mailroom_ownership_in_doubt") == 1, "the owner in doubt", 20)
        while time.monotonic() - away_since < 10:
            write()
            time.sleep(0.2)
        assert "postgres" in (ready(stack) or {})
        for chat in chats:
            stack.wait_for_replies(chat, sent)
    finally:
        heal()
    wait_until(lambda: stack.metric("mailroom_ownership_in_doubt") == 0, "renewed", 20)
    write()
    for chat in chats:
        assert stack.wait_for_replies(chat, sent) == numbered(f"message {n}" for n in range(1, sent + 1))
    assert stack.service.said().count("chats_lost") == lost
    assert stack.service.said().count("chats_owned") == taken
    wait_until(lambda: ready(stack) is None, "ready again", 10)


@pytest.mark.timeout(90)
@usually_in(TOGETHER)
def test_a_message_that_we_break_off_ourselves_again_and_again_is_not_judged(stack: Stack) -> None:
    # Seen: each loss of the lease counted as an attempt, and the third made a dead letter of it.
    chat = new_chat()
    stack.says(chat, "wait")
    wait_until(lambda: stack.times_begun(chat) == 1, "the message begun")
    for times in range(2, 5):
        words = ("chats_lost", "chats_owned")
        before = [stack.service.said().count(word) for word in words]
        stack.forget_owners()
        for word, count in zip(words, before, strict=True):
            wait_until(lambda word=word, count=count: stack.service.said().count(word) > count, word)
        wait_until(lambda times=times: stack.times_begun(chat) == times, "the message begun again")
    stack.let_go()
    assert stack.wait_for_replies(chat, 1) == ["1 wait"]
    assert stack.dead_letters(chat) == []


def test_postgres_that_stutters_is_not_even_noticed(stack: Stack) -> None:
    chat = new_chat()
    lost = stack.service.said().count("chats_lost")
    stack.postgres.stop()
    stack.postgres.start()
    stack.post(chat, "hello")
    assert stack.wait_for_replies(chat, 1) == ["1 hello"]
    assert stack.service.said().count("chats_lost") == lost
