"""A shop with processes and stores of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.embedded.postgres import EmbeddedPostgres
from ops.embedded.redis import EmbeddedRedis
from storage.postgres.migrate import migrate
from tests.acceptance.processes import Simulator
from tests.acceptance.shop.mall import Mall


@pytest.fixture
def own_postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder)
    migrate(server.start())
    yield server
    server.stop()


@pytest.fixture
def mall(
    folder: Path, own_postgres: EmbeddedPostgres, own_redis: EmbeddedRedis, telegram: Simulator
) -> Iterator[Mall]:
    one = Mall(folder, own_postgres, own_redis, telegram)
    one.gateways.start_and_wait()
    one.shop.start_and_wait()
    yield one
    one.close()
