"""Real stores for every test that asks: one Postgres and one Redis a session, in a temporary directory."""

import gc
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.ops.testing.stores import stopped_even_if_we_are_killed
from tests.databases import admin, copied

pytest_plugins = ["mailroom.testing"]

OPENS_PORTS = (
    "acceptance",
    "accessibility",
    "actors/bots/shop/consultant",
    "actors/providers",
    "actors/runtime/test_signals.py",
    "actors/uses/test_cpu.py",
    "compat",
    "foreign",
    "ingress",
    "ops",
    "supervisors/test_heartbeat.py",
    "test_one_name.py",
    "test_readme.py",
)
"""Folders and files of tests that start programs or servers of their own; the others say by their fixtures
what they need.
"""
NEEDS_STORES = frozenset({"stores_directory", "mailroom_session"})
NEEDS_A_BROWSER = "chromium"
AMOUNTS = {"kills": (3, 20), "buyers": (40, 500), "jobs": (4_000, 100_000)}
"""How much of it there is, usually and in the long run."""


gc.set_threshold(50_000, 20, 100)
"""What is imported stays, so that nobody looks through it for garbage too often: a quarter of a fast run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--size",
        choices=("fast", "usual", "long"),
        default="usual",
        help="fast: without stores and processes; usual: all but what is long; long: what is long alone",
    )
    parser.addoption("--kills", type=int, help="kills of the service; of Redis, and SIGTERMs, a quarter")
    parser.addoption("--buyers", type=int, help="people in the shop at once")
    parser.addoption("--jobs", type=int, help="jobs through the outbox")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What is fast does not even import what is not."""
    if config.getoption("--size") == "fast" and _place(collection_path).startswith(OPENS_PORTS):
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests of the size that was asked for; what is named on the command line is run whatever its
    size.
    """
    if config.getoption("--size") == "usual" and config.args != config.getini("testpaths"):
        return
    wanted = config.getoption("--size")
    kept = [item for item in items if wanted in sizes_of(item)]
    config.hook.pytest_deselected(items=[item for item in items if wanted not in sizes_of(item)])
    items[:] = kept


def sizes_of(item: pytest.Item) -> set[str]:
    """The sizes a test belongs to."""
    needs: set[str] = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("long") or NEEDS_A_BROWSER in needs:
        return {"long"}
    place = _place(item.path)
    if place.startswith("acceptance") and needs & AMOUNTS.keys():
        return {"usual", "long"}
    pure = not place.startswith(OPENS_PORTS) and not needs & NEEDS_STORES
    return {"fast", "usual"} if pure and not item.get_closest_marker("slow") else {"usual"}


def _place(path: Path) -> str:
    return path.relative_to(Path(__file__).parent).as_posix()


def _amount(what: str) -> Any:
    """The fixture that says how much of it there is."""

    @pytest.fixture(name=what)
    def amount(request: pytest.FixtureRequest) -> int:
        usual, long = AMOUNTS[what]
        asked = request.config.getoption(f"--{what}")
        return int(asked or (long if request.config.getoption("--size") == "long" else usual))

    return amount


kills, buyers, jobs = map(_amount, AMOUNTS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What was printed may hold half a character, on purpose; two workers could not tell each other of it."""
    report = yield
    report.sections = [
        (name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.fixture(scope="session")
def stores_directory() -> Iterator[Path]:
    """Where the session's stores live; short, because it holds Unix sockets."""
    with tempfile.TemporaryDirectory(prefix="mailroom-tests-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o711)
        yield Path(path)


@pytest.fixture(scope="session")
def postgres_url(stores_directory: Path) -> Iterator[str]:
    """The session's Postgres: for `clean_postgres_url`, and for tests that leave nothing behind."""
    server = EmbeddedPostgres(stores_directory, durable=False)
    url = server.start()
    with stopped_even_if_we_are_killed(server.pid):
        yield url
        admin(url).close()
        server.stop()


@pytest.fixture(scope="session")
def redis_url(stores_directory: Path) -> Iterator[str]:
    """The session's Redis: for `clean_redis_url`, and for tests that leave nothing behind."""
    server = EmbeddedRedis(stores_directory, durable=False)
    url = server.start()
    with stopped_even_if_we_are_killed(server.pid):
        yield url
        server.stop()


@pytest.fixture
def clean_postgres_url(postgres_url: str) -> Iterator[str]:
    """An empty database of the test's own, without tables: call `migrate` where they are needed."""
    with copied(postgres_url) as url:
        yield url


@pytest.fixture
def clean_redis_url(redis_url: str) -> str:
    """The session's Redis, emptied (scripts and all) before the test."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
        client.script_flush()
    return redis_url
