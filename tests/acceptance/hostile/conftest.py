"""One installation a shape for all that it should survive; what one test breaks is whole before the next."""

import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from mailroom.ops.embedded.postgres import EmbeddedPostgres
from tests.acceptance.hostile.stack import Stack
from tests.acceptance.processes import Simulator
from tests.acceptance.shape import Shape

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
    server = EmbeddedPostgres(hostile_folder, durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def stacks(hostile_folder: Path, own_postgres: EmbeddedPostgres) -> Iterator[Callable[[Shape], Stack]]:
    """One stack for each shape, begun when first asked for. All live to the end: starting costs seconds."""
    begun: dict[Shape, Stack] = {}

    def stack(shape: Shape) -> Stack:
        if shape not in begun:
            begun[shape] = Stack(hostile_folder / str(shape), own_postgres, shape)
        return begun[shape]

    yield stack
    for one in begun.values():
        one.close()


@pytest.fixture
def stack(stacks: Callable[[Shape], Stack], shape: Shape) -> Stack:
    one = stacks(shape)
    one.heal()
    return one


@pytest.fixture
def telegram(stack: Stack) -> Simulator:
    return stack.telegram
