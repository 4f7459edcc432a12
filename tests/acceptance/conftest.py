"""Real processes with stores of their own: what is killed here must not be anybody else's."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.postgres.migrate import migrate
from tests.acceptance.processes import Simulator
from tests.acceptance.service import Service
from tests.acceptance.shape import SHAPES, Shape
from tests.shop_tables import SHOP_TABLES


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
    migrate(clean_postgres_url, [SHOP_TABLES])
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
