"""SIGINT and SIGTERM, heard in Trio: the first asks for an orderly stop, a second one for an end at once.

It works in guest mode: the handler only puts a note into Trio's entry queue, and both hosts run Python's
handlers without delay (uvloop through its wake-up descriptor, stock asyncio because the signal interrupts
its `epoll_wait`). The tests send real signals to real processes.
"""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import trio

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """The stop signals not yet waited for; two of one kind at the same instant count as one."""

    def __init__(self, receiver: AsyncIterator[int]) -> None:
        self._receiver = receiver

    async def wait(self) -> signal.Signals:
        """Wait for the next stop signal; only one task may wait at a time."""
        return signal.Signals(await anext(self._receiver))


@contextmanager
def stop_signals() -> Iterator[StopSignals]:
    """Catch stop signals for as long as the block runs, so that none can kill the process within a drain.

    Main thread only. `await signals.wait()` once for the order to stop, and once more, beside the drain, for
    the order to give up on it. A signal nobody waited for is delivered again at the end of the block, to
    whoever listened before: then a third SIGTERM kills, as it should.
    """
    with trio.open_signal_receiver(*STOP_SIGNALS) as receiver:
        yield StopSignals(receiver)


async def wait_for_stop_signal() -> signal.Signals:
    """Wait for one stop signal and stop listening; use `stop_signals` where the second one matters."""
    with stop_signals() as signals:
        return await signals.wait()
