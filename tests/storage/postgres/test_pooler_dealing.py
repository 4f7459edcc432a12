"""A pooler deals its connections to whoever asks first: what is found out of it must hold for any dealing."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from mailroom.storage.postgres import pooler
from mailroom.storage.postgres.pooler import IN_TRANSACTION_MODE, KEEPING_STATEMENTS

SERVERS = 3


class Dealer:
    """A pooler in transaction mode: each statement, or transaction, gets any of the free servers."""

    def __init__(self, chance: random.Random, *, keeps: bool) -> None:
        self.chance = chance
        self.keeps = keeps
        self.occupied: set[int] = set()
        self.prepared: dict[int, set[str]] = {server: set() for server in range(SERVERS)}

    def deal(self) -> int:
        return self.chance.choice(sorted(self.prepared.keys() - self.occupied))


class Client:
    """A connection to it, as far as a look needs one."""

    def __init__(self, dealer: Dealer) -> None:
        self.dealer = dealer
        self.held: int | None = None

    def server(self) -> int:
        return self.dealer.deal() if self.held is None else self.held

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        self.held = self.dealer.deal()
        self.dealer.occupied.add(self.held)
        yield
        self.dealer.occupied.discard(self.held)
        self.held = None

    async def prepare(self, _sql: str, name: str) -> "Statement":
        self.dealer.prepared[self.server()].add(name)
        return Statement(self, name)

    async def fetchval(self, _sql: str) -> int:
        return self.server()

    async def execute(self, _sql: str) -> None:
        pass


class Statement:
    def __init__(self, client: Client, name: str) -> None:
        self.client = client
        self.name = name

    async def fetchval(self) -> int:
        server = self.client.server()
        if not self.client.dealer.keeps and self.name not in self.client.dealer.prepared[server]:
            raise asyncpg.InvalidSQLStatementNameError
        return 1


@pytest.mark.parametrize("keeps", [False, True])
def test_a_statement_found_on_the_server_that_prepared_it_is_no_proof_that_statements_are_kept(keeps):
    """The accident: with others at the same pooler the look took it for one that keeps statements, and every
    store call of the process failed from then on.
    """
    chance = random.Random(1)

    def look() -> pooler.Way:
        dealer = Dealer(chance, keeps=keeps)
        return asyncio.run(pooler._mode(Client(dealer), Client(dealer)))  # type: ignore[arg-type]

    found = {look() for _ in range(300)}
    assert found <= {IN_TRANSACTION_MODE, KEEPING_STATEMENTS}
    assert (KEEPING_STATEMENTS in found) == keeps
