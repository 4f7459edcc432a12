"""What the gateways say after a store went back, over the real stores."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from mailroom.actors.paying.listing import list_payments
from mailroom.actors.paying.restored import Restored
from mailroom.actors.providers.payments import FetchedPayment, Money, ProviderUnavailableError
from mailroom.storage.postgres.pair import PostgresPair
from mailroom.storage.postgres.payment_names import new_suffix
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.pair import RedisPair
from mailroom.supervisors.pairing.asking import Asking
from mailroom.supervisors.pairing.check import Pairing
from mailroom.supervisors.pairing.gateways import Gateways
from mailroom.supervisors.pairing.words import story


class Gateway:
    """A payment provider that is only listed."""

    def __init__(self, name: str, *, can_list: bool = True) -> None:
        self.kind, self.name, self.names = name, name, (name,)
        self.can_list = can_list
        self.away = False
        self.has: list[FetchedPayment] = []
        self.asked_since: list[datetime] = []

    async def made_since(self, moment: datetime) -> AsyncIterator[Sequence[FetchedPayment]]:
        self.asked_since.append(moment)
        if self.away:
            raise ProviderUnavailableError("does not answer")
        yield self.has


class Shelf:
    """A bundled bot that remembers what it was told."""

    def __init__(self) -> None:
        self.doubted: list[int] = []
        self.withdrawn: list[Mapping[str, str]] = []

    async def doubt(self, _database: asyncpg.Pool, since_ms: int) -> int:
        self.doubted.append(since_ms)
        return 1

    async def withdraw(self, _database: asyncpg.Pool, told: Sequence[Mapping[str, str]]) -> int:
        self.withdrawn += told
        return len(told)


class Installation:
    """Both stores, a process, and two gateways of which one has no list."""

    def __init__(self, pool: asyncpg.Pool, line: Line) -> None:
        self.pool, self.line = pool, line
        self.yookassa, self.aaio = Gateway("yookassa"), Gateway("aaio", can_list=False)
        self.providers: Any = {"yookassa": self.yookassa}
        self.shelf = Shelf()
        self.starts()

    def starts(self) -> None:
        """A process begins anew."""
        self.pairing = Pairing(PostgresPair(self.pool), RedisPair(self.line))
        gateways = Gateways(self.pool, self.providers)
        bots = [Restored(self.shelf.doubt, self.shelf.withdraw)]
        self.asking = Asking(self.pairing, self.pool, gateways, bots)

    async def beats(self, count: int) -> None:
        for _ in range(count):
            await self.pool.execute("UPDATE mailroom.pair SET seen_at = seen_at - interval '2 s'")
            await self.pairing.check()

    async def silence(self, minutes: int) -> None:
        await self.pool.execute(
            "UPDATE mailroom.pair SET seen_at = seen_at - make_interval(mins => $1)", minutes
        )

    async def sold(self, minor: int) -> None:
        """The gateway has a payment of ours that no row knows."""
        installation = await self.pool.fetchval("SELECT value FROM mailroom.installation WHERE key = 'id'")
        self.yookassa.has.append(
            FetchedPayment(
                f"p-{len(self.yookassa.has)}",
                "paid",
                Money(minor, "RUB"),
                f"m{installation}-{new_suffix()}",
                about={"for": "shop.order 1042", "items": "5"},
            )
        )


@pytest.fixture
def play(jobs_url: str, clean_redis_url: str) -> Callable[..., None]:
    def play(scenario: Callable[[Installation], Awaitable[None]]) -> None:
        async def main() -> None:
            line = Line(clean_redis_url)
            async with asyncpg.create_pool(jobs_url, min_size=2, max_size=4) as pool:
                await scenario(Installation(pool, line))
            await line.close()

        asyncio.run(main())

    return play


def told(installation: Installation) -> str:
    asked = {name: one.state for name, one in installation.pairing.asked.items()}
    return story(installation.pairing.held, asked, installation.asking.sums)


def test_both_stores_from_one_night_fit_and_only_the_gateway_tells_of_it(play):
    async def scenario(installation: Installation) -> None:
        installation.providers["aaio"] = installation.aaio
        await installation.beats(3)
        await installation.silence(12 * 60)
        await installation.sold(700_000)
        await installation.sold(730_000)
        installation.starts()
        assert (await installation.pairing.check()).what == "fits"
        assert installation.pairing.held is None
        await installation.asking.run_once()
        assert "2 payments of 14 300 ₽ unknown here; aaio cannot be asked; `mailroom restored" in told(
            installation
        )
        assert told(installation).startswith("Both stores went back, to ")
        assert [one["items"] for one in installation.shelf.withdrawn] == ["5", "5"]
        assert installation.shelf.doubted
        await installation.beats(2)
        assert installation.pairing.held is not None
        await installation.pairing.go()
        await installation.beats(2)
        await installation.asking.run_once()
        assert installation.pairing.held is None

    play(scenario)


def test_a_silence_in_which_nothing_was_lost_holds_nobody(play):
    async def scenario(installation: Installation) -> None:
        await installation.beats(3)
        await installation.silence(30)
        before = datetime.now(UTC)
        installation.starts()
        await installation.pairing.check()
        await installation.asking.run_once()
        assert installation.pairing.held is None
        assert installation.pairing.ask_from is None
        (since,) = installation.yookassa.asked_since
        assert timedelta(minutes=85) < before - since < timedelta(minutes=100)
        await installation.beats(1)
        await installation.asking.run_once()
        assert len(installation.yookassa.asked_since) == 1, "once is enough"
        assert installation.shelf.doubted == []

    play(scenario)


def test_a_gateway_that_is_away_is_asked_again_and_found_out_then(play):
    async def scenario(installation: Installation) -> None:
        await installation.beats(3)
        await installation.silence(30)
        await installation.sold(50_000)
        installation.yookassa.away = True
        installation.starts()
        await installation.pairing.check()
        await installation.asking.run_once()
        assert installation.pairing.held is None
        assert installation.pairing.asked["yookassa"].state == "not_yet"
        installation.yookassa.away = False
        installation.starts()  # another process, as far as anybody knows
        await installation.beats(1)
        await installation.asking.run_once()
        assert "1 payment of 500 ₽ unknown here" in told(installation)

    play(scenario)


@pytest.mark.parametrize(
    ("lost", "unlistable", "goes_on"), [(False, False, True), (True, False, False), (False, True, False)]
)
def test_a_fail_over_that_lost_seconds_goes_on_by_itself_only_where_all_gateways_know_nothing(
    play, lost: bool, unlistable: bool, goes_on: bool
):
    async def scenario(installation: Installation) -> None:
        if unlistable:
            installation.providers["aaio"] = installation.aaio
        await installation.beats(2)
        row = await PostgresPair(installation.pool).read()
        seen_ms = int(row.seen_at.timestamp() * 1000) + 20_000
        await RedisPair(installation.line).advance(row.id, row.mark + 10, seen_ms)
        if lost:
            await installation.sold(50_000)
        await installation.pairing.check()
        assert installation.pairing.held is not None
        await installation.asking.run_once()
        await installation.pairing.check()
        assert (installation.pairing.held is None) is goes_on
        assert bool(installation.shelf.doubted) is lost

    play(scenario)


def test_what_on_call_went_on_without_does_not_hold_everything_again(play):
    async def scenario(installation: Installation) -> None:
        await installation.beats(2)
        row = await PostgresPair(installation.pool).read()
        await RedisPair(installation.line).advance(row.id, row.mark + 10, 1)
        installation.yookassa.away = True
        await installation.pairing.check()
        await installation.asking.run_once()
        assert installation.pairing.held is not None
        await installation.pairing.go()
        installation.yookassa.away = False
        await installation.sold(50_000)
        await installation.beats(2)
        await installation.asking.run_once()
        assert installation.pairing.held is None

    play(scenario)


def test_goods_that_a_late_notice_names_are_taken_off_sale_too(play):
    async def scenario(installation: Installation) -> None:
        await installation.sold(50_000)
        await list_payments(installation.pool, installation.yookassa, datetime.now(UTC))  # as every night
        await installation.asking.withdraw_lost()
        assert [one["items"] for one in installation.shelf.withdrawn] == ["5"]

    play(scenario)


def test_a_payment_found_before_the_silence_holds_nobody_again(play):
    async def scenario(installation: Installation) -> None:
        await installation.beats(1)
        await installation.sold(50_000)
        await installation.silence(30)
        installation.starts()
        await installation.pairing.check()
        await installation.asking.run_once()
        assert installation.pairing.held is not None
        await installation.pairing.go()
        await installation.pool.execute(
            "UPDATE mailroom.payment_lost SET found_at = found_at - interval '2 h'"
        )
        await installation.silence(30)
        installation.starts()
        await installation.pairing.check()
        await installation.asking.run_once()
        assert installation.pairing.held is None

    play(scenario)
