"""A database with our tables behind a real PgBouncer, one of each kind for all tests of this folder."""

import asyncio
import itertools
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from mailroom.storage.postgres.migrate import apply_migrations
from tests.storage.postgres.bouncer import KINDS, Bouncer, Kind

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def bouncer_of(postgres_url: str) -> Iterator[Callable[[Kind], Bouncer]]:
    """Starts one of a kind, or skips the test by name where this machine has none that can do it."""
    running: dict[Kind, Bouncer] = {}
    with tempfile.TemporaryDirectory(prefix="mailroom-pgb-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o711)

        def of(kind: Kind) -> Bouncer:
            if kind not in running:
                # A folder of its own also for the kind after one that this machine cannot do.
                folder = Path(tempfile.mkdtemp(dir=path))
                folder.chmod(0o711)
                one = Bouncer(folder, postgres_url, kind)
                one.start()
                running[kind] = one
            return running[kind]

        yield of
        for one in running.values():
            one.stop()


@pytest.fixture(params=KINDS, ids=str)
def bouncer(request: pytest.FixtureRequest, bouncer_of: Callable[[Kind], Bouncer]) -> Bouncer:
    return bouncer_of(request.param)


def _created(postgres_url: str) -> str:
    name = f"pooled_{next(_numbers)}"

    async def create() -> None:
        connection = await asyncpg.connect(postgres_url)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()

    asyncio.run(create())
    return postgres_url.replace("@/mailroom?", f"@/{name}?")


@pytest.fixture
def empty_url(postgres_url: str) -> str:
    """A database without tables, by the direct way."""
    return _created(postgres_url)


@pytest.fixture(scope="session")
def direct_url(postgres_url: str) -> str:
    """The database that the tests share, by the direct way."""
    url = _created(postgres_url)
    asyncio.run(apply_migrations(url))
    return url


@pytest.fixture
def pooled_url(bouncer: Bouncer, direct_url: str) -> str:
    return bouncer.url(direct_url)
