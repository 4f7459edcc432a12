"""The mailboxes of the session's Redis, empty at the start of each test."""

from collections.abc import Iterator

import pytest

from tests.storage.redis.box import Box


@pytest.fixture
def box(clean_redis_url: str) -> Iterator[Box]:
    one = Box(clean_redis_url)
    one.own()
    yield one
    one.close()
