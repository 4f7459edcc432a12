"""One installation for all that it should survive; what one test breaks is whole again before the next."""

import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from ops.embedded.postgres import EmbeddedPostgres
from tests.acceptance.hostile.stack import Stack
from tests.acceptance.processes import Simulator

LINES_SHOWN = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the service said when a test of it failed."""
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(stack, Stack):
        report.sections.append(("service", "\n".join(stack.service.said().splitlines()[-LINES_SHOWN:])))
    return report


@pytest.fixture(scope="session")
def hostile_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mailroom-hostile-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o711)  # Postgres, when we are root, is somebody else
        yield Path(path)


@pytest.fixture(scope="session")
def own_postgres(hostile_folder: Path) -> Iterator[EmbeddedPostgres]:
    """Not the session's: here it is killed."""
    server = EmbeddedPostgres(hostile_folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def one_stack(hostile_folder: Path, own_postgres: EmbeddedPostgres) -> Iterator[Stack]:
    stack = Stack(hostile_folder / "one", own_postgres)
    yield stack
    stack.close()


@pytest.fixture
def stack(one_stack: Stack) -> Stack:
    one_stack.heal()
    return one_stack


@pytest.fixture
def telegram(stack: Stack) -> Simulator:
    return stack.telegram
