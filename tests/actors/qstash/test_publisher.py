"""Many who publish at once."""

import asyncio

import pytest

from mailroom.actors.qstash import publisher
from mailroom.actors.qstash.publisher import BATCH_MAX, Publisher
from mailroom.storage.errors import StoreUnavailable


class Statements:
    """What is written, instead of Postgres; the first statement takes until it is let go."""

    def __init__(self, monkeypatch):
        self.batches = []
        self.errors = {}
        self.go = asyncio.Event()
        monkeypatch.setattr(publisher, "publish", self.publish)

    async def publish(self, _pool, messages):
        self.batches.append(list(messages))
        await self.go.wait()
        for message in messages:
            if message in self.errors:
                raise self.errors[message]
        return [f"<{message}>" for message in messages]


def play(monkeypatch, scenario):
    async def main():
        statements, rung = Statements(monkeypatch), []
        await scenario(Publisher(None, lambda: rung.append(True)), statements, rung)

    asyncio.run(asyncio.wait_for(main(), 20))


def test_what_comes_while_one_statement_is_written_is_the_next(monkeypatch):
    async def scenario(publisher, statements, rung):
        asked = [asyncio.create_task(publisher.publish([[n]])) for n in range(10)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        asked += [asyncio.create_task(publisher.publish([["a", "b"], ["c"]]))]
        await asyncio.sleep(0)
        statements.go.set()
        answers = await asyncio.gather(*asked)
        assert answers[3] == [["<3>"]]
        assert answers[-1] == [["<a>", "<b>"], ["<c>"]]
        assert len(statements.batches) <= 3
        assert len(rung) == len(statements.batches)

    play(monkeypatch, scenario)


def test_a_statement_has_a_limit_and_a_unit_is_never_split(monkeypatch):
    async def scenario(publisher, statements, _rung):
        statements.go.set()
        units = [[(n, part) for part in range(300)] for n in range(3)] + [
            [("big", n) for n in range(BATCH_MAX * 2)]
        ]
        await publisher.publish(units)
        assert [len(batch) for batch in statements.batches] == [300, 300, 300, BATCH_MAX * 2]

    play(monkeypatch, scenario)


def test_one_that_cannot_be_written_is_nobody_elses_trouble(monkeypatch):
    async def scenario(publisher, statements, _rung):
        statements.errors["bad"] = ValueError("no")
        statements.go.set()
        asked = [asyncio.create_task(publisher.publish([[one]])) for one in ("a", "bad", "b")]
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert [found[0], found[2]] == [[["<a>"]], [["<b>"]]]
        assert isinstance(found[1], ValueError)

    play(monkeypatch, scenario)


def test_while_the_store_is_away_everybody_is_told(monkeypatch):
    async def scenario(publisher, statements, _rung):
        statements.errors["a"] = StoreUnavailable("away")
        statements.go.set()
        with pytest.raises(StoreUnavailable):
            await publisher.publish([["a"]])
        assert await publisher.publish([["b"]]) == [["<b>"]]

    play(monkeypatch, scenario)


def test_more_than_can_wait_is_refused(monkeypatch):
    async def scenario(publisher_, statements, _rung):
        monkeypatch.setattr(publisher, "WAITING_MAX", 5)
        accepted = []
        for _ in range(2):  # one is being written, one waits
            accepted.append(asyncio.create_task(publisher_.publish([[n] for n in range(10)])))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        with pytest.raises(StoreUnavailable, match="too many messages wait"):
            await publisher_.publish([["x"]])
        statements.go.set()
        await asyncio.gather(*accepted)

    play(monkeypatch, scenario)
