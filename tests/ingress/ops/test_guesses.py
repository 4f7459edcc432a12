"""Wrong tokens, and whose they are."""

from functools import partial
from types import SimpleNamespace

import pytest
import trio
from werkzeug.datastructures import Headers

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.ingress.ops.guesses import ATTEMPTS_MAX, REPEATS_MAX, UNNAMED_PROXY_ATTEMPTS_MAX, Guesses
from mailroom.storage.redis.allowances import Allowances
from mailroom.storage.redis.batch import Line

OUTSIDE, OTHER = "203.0.113.9", "198.51.100.8"
PUBLIC, PUBLIC_OTHER = "8.8.8.8", "9.9.9.9"


def asked(direct: str, *forwarded: str) -> SimpleNamespace:
    lines = [("X-Forwarded-For", line) for line in forwarded if line]
    return SimpleNamespace(remote_addr=direct, headers=Headers(lines))


def guessing(test, proxies=()) -> None:
    """Run `test` with a count of wrong tokens."""

    async def main() -> None:
        with trio.fail_after(20):
            await test(Guesses(Allowance(), proxies))

    host.run(main)


async def locked(counted: Guesses, request: SimpleNamespace) -> bool:
    return await counted.wait_seconds(request) > 0


async def wrong(counted: Guesses, direct: str, forwarded: str = "", times: int = ATTEMPTS_MAX) -> None:
    for _ in range(times):
        await counted.wrong(asked(direct, forwarded), "console_login_failed")


@pytest.mark.parametrize("proxies", [(), ("10.0.0.0/8",)])
def test_a_proxy_that_adds_a_line_is_believed_and_not_the_line_that_came_with_the_request(proxies) -> None:
    async def test(counted):
        made_up = [f"198.51.100.{n}" for n in range(ATTEMPTS_MAX)]
        for one in made_up:
            await counted.wrong(asked("10.0.0.1", one, OUTSIDE), "console_login_failed")
        assert await locked(counted, asked("10.0.0.1", "203.0.113.77", OUTSIDE))
        assert not await locked(counted, asked("10.0.0.1", made_up[0]))

    guessing(test, proxies)


@pytest.mark.parametrize(
    ("proxies", "first", "second"),
    [
        ((), (PUBLIC, ""), (PUBLIC_OTHER, "")),
        ((), ("10.0.0.1", OUTSIDE), ("10.0.0.1", OTHER)),
        (("10.0.0.0/8",), ("10.0.0.1", OUTSIDE), ("10.0.0.1", OTHER)),
        (("10.0.0.0/8",), ("10.0.0.1", f"{OTHER}, {OUTSIDE}"), ("10.0.0.1", OTHER)),
        (("10.0.0.0/8",), ("192.168.1.1", OTHER), ("10.0.0.1", OTHER)),
        ((), ("2001:db8:1::1", ""), ("2001:db8:2::1", "")),
    ],
)
def test_one_persons_wrong_tokens_are_nobody_elses(proxies, first, second) -> None:
    async def test(counted):
        await wrong(counted, *first)
        assert await locked(counted, asked(*first))
        assert not await locked(counted, asked(*second))

    guessing(test, proxies)


@pytest.mark.parametrize(
    ("proxies", "first", "second"),
    [
        ((), (PUBLIC, ""), (PUBLIC, OTHER)),
        ((), (PUBLIC, OUTSIDE), (PUBLIC, OTHER)),
        (("10.0.0.0/8",), ("10.0.0.1", OUTSIDE), ("10.0.0.1", f"{OTHER}, {OUTSIDE}")),
        ((), ("10.0.0.1", OUTSIDE), ("10.0.0.1", f"{OTHER}, {OUTSIDE}:1234")),
        ((), ("2001:db8::1", ""), ("2001:db8::2", "")),
        ((), ("::ffff:8.8.8.8", ""), ("::ffff:8.8.8.8", "")),
    ],
)
def test_a_person_is_not_somebody_else_by_saying_so(proxies, first, second) -> None:
    async def test(counted):
        await wrong(counted, *first)
        assert await locked(counted, asked(*second))

    guessing(test, proxies)


def test_a_program_with_an_old_token_guesses_nothing_but_does_not_go_on_for_ever() -> None:
    async def test(counted):
        for _ in range(REPEATS_MAX + 1):
            assert not await locked(counted, asked(PUBLIC))
            await counted.wrong(asked(PUBLIC), "ops_token_wrong", "Bearer old")
        assert await locked(counted, asked(PUBLIC))

    guessing(test)


def test_names_that_are_made_up_behind_a_proxy_nobody_named_come_to_an_end() -> None:
    async def test(counted):
        for number in range(UNNAMED_PROXY_ATTEMPTS_MAX):
            assert not await locked(counted, asked("172.17.0.1", f"198.51.100.{number}"))
            await wrong(counted, "172.17.0.1", f"198.51.100.{number}", 1)
        assert await locked(counted, asked("172.17.0.1", "198.51.100.200"))
        assert not await locked(counted, asked("172.17.0.2", "198.51.100.200"))

    guessing(test)


def test_of_many_guesses_at_once_a_right_one_is_not_told_from_the_others() -> None:
    async def test(counted):
        told = []

        async def guess(*, right: bool) -> None:
            ask = counted.wait_seconds(asked(PUBLIC)) if right else counted.wrong(asked(PUBLIC), "wrong")
            told.append((right, await ask > 0))

        async with trio.open_nursery() as nursery:
            for _ in range(5 * ATTEMPTS_MAX):
                nursery.start_soon(partial(guess, right=False))
        await guess(right=True)
        assert [limited for _, limited in told].count(False) == ATTEMPTS_MAX
        assert told[-1] == (True, True)

    guessing(test)


def test_whoever_guesses_at_two_processes_has_no_more_guesses(clean_redis_url) -> None:
    async def main() -> None:
        lines = [Line(clean_redis_url) for _ in range(2)]
        one, other = (Guesses(Allowance(Allowances(line))) for line in lines)
        await wrong(one, PUBLIC)
        assert await locked(other, asked(PUBLIC))
        assert not await locked(other, asked(PUBLIC_OTHER))
        for line in lines:
            await aio(line.close)

    host.run(main)
