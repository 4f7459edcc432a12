"""A shop with processes and stores of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.storage.postgres.migrate import migrate
from tests.acceptance.processes import Simulator
from tests.acceptance.shop.shop_service import ShopService
from tests.shop_tables import SHOP_TABLES
from tests.storage.postgres.bouncer import Bouncer, Kind

CONNECTIONS = 20
"""What the pooler may have of Postgres: a small plan."""


@pytest.fixture
def own_postgres(folder: Path) -> Iterator[EmbeddedPostgres]:
    folder.chmod(0o711)
    server = EmbeddedPostgres(folder, durable=False)
    migrate(server.start(), [SHOP_TABLES])
    yield server
    server.stop()


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, folder: Path, own_postgres: EmbeddedPostgres
) -> Iterator[str]:
    """How the shop reaches its database: directly, or through the kind of PgBouncer that the test names."""
    kind: Kind | None = getattr(request, "param", None)
    if kind is None:
        yield own_postgres.url
        return
    inside = folder / "pgbouncer"
    inside.mkdir()
    bouncer = Bouncer(inside, own_postgres.url, kind, size=CONNECTIONS)
    bouncer.start()
    yield bouncer.url(own_postgres.url)
    bouncer.stop()


@pytest.fixture
def shop_service(
    folder: Path,
    own_postgres: EmbeddedPostgres,
    own_redis: EmbeddedRedis,
    telegram: Simulator,
    database_url: str,
) -> Iterator[ShopService]:
    one = ShopService(folder, own_postgres, own_redis, telegram, database_url)
    one.gateways.start_and_wait()
    one.shop.start_and_wait()
    yield one
    one.close()
