import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def data() -> Iterator[Path]:
    """A data directory with a short path, as sockets need it."""
    with tempfile.TemporaryDirectory(prefix="mailroom-data-", ignore_cleanup_errors=True) as path:
        Path(path).chmod(0o711)
        yield Path(path)
