import os
import signal
import threading

import pytest

from mailroom.ops.embedded.place import DataDirectory, StoreError
from mailroom.ops.embedded.redis import EmbeddedRedis
from mailroom.ops.embedded.watchdog import Watchdog


class ObservedRedis(EmbeddedRedis):
    """Tells when it has been started again."""

    def __init__(self, data) -> None:
        super().__init__(data)
        self.started_again = threading.Event()

    def start(self) -> str:
        url = super().start()
        self.started_again.set()
        return url


def test_a_store_that_dies_under_a_running_service_is_started_again(data):
    store = ObservedRedis(data)
    with Watchdog([store]) as watchdog:
        watchdog.wait_until_ready()
        first = store.pid
        os.kill(first, signal.SIGKILL)
        assert store.started_again.wait(10)
        assert store.pid != first
    assert store.pid is None


def test_what_was_launched_is_stopped_when_another_cannot_be(data):
    redis, bad = EmbeddedRedis(data), EmbeddedRedis(data / "mailroom.pid" / "below-a-file")
    (data / "mailroom.pid").write_text("")
    with pytest.raises(StoreError), Watchdog([redis, bad]):
        pass
    assert redis.pid is None


def test_a_data_directory_is_held_by_one_process_at_a_time(data):
    with DataDirectory(data):
        with pytest.raises(StoreError) as caught, DataDirectory(data):
            pass
        assert str(caught.value) == f"Mailroom is already running on {data} as pid {os.getpid()}."
    with DataDirectory(data):
        pass
