"""Real processes with stores of their own: what is killed here must not be anybody else's."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.embedded.redis import EmbeddedRedis
from storage.postgres.migrate import migrate
from tests.acceptance.processes import Simulator
from tests.acceptance.service import Service
from tests.acceptance.shape import SHAPES, Shape


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills",
        type=int,
        default=3,
        help="kills of the service; of Redis, and SIGTERMs, a quarter as many (in full: 20)",
    )
    parser.addoption("--buyers", type=int, default=40, help="people in the shop at once (in full: 500)")
    parser.addoption("--jobs", type=int, default=4_000, help="jobs through the outbox (in full: 100000)")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """Known only when this folder is named on the command line: pytest reads options before it collects."""
    return int(request.config.getoption("--kills", 3))


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mailroom-acceptance-", ignore_cleanup_errors=True) as path:
        yield Path(path)


@pytest.fixture
def own_redis(folder: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def stores(own_redis: EmbeddedRedis, clean_postgres_url: str) -> dict[str, str]:
    migrate(clean_postgres_url)
    return {"REDIS_URL": own_redis.url, "DATABASE_URL": clean_postgres_url}


@pytest.fixture
def telegram(folder: Path) -> Iterator[Simulator]:
    simulator = Simulator(folder)
    simulator.start("ready at")
    yield simulator
    simulator.kill()


@pytest.fixture(params=SHAPES, ids=str)
def shape(request: pytest.FixtureRequest) -> Shape:
    """Every promise is kept in each of them."""
    found: Shape = request.param
    return found


@pytest.fixture
def service(shape: Shape, folder: Path, stores: dict[str, str], telegram: Simulator) -> Iterator[Service]:
    one = Service(shape, folder, stores, telegram)
    one.start_and_wait()
    yield one
    one.kill()
