"""How a process ends: in good order when it is asked to, at once when it is asked again, and without what is
stuck.
"""

import os

import trio
from structlog import get_logger

from mailroom.actors.runtime.signals import StopSignals
from mailroom.supervisors.otp.child import Life
from mailroom.supervisors.otp.errors import FailedToStartError

log = get_logger("mailroom")

STUCK_SECONDS = 60.0
"""How long a stop may take before the process ends without what is stuck: twice what all its parts may need.
What was not finished is run again after the next start, as after any crash.
"""
EXIT_STUCK = 70


async def obey(signals: StopSignals, stop: trio.Event, scope: trio.CancelScope) -> None:
    """The first signal asks for an orderly stop, the second for an end at once."""
    await signals.wait()
    stop.set()
    await signals.wait()
    log.warning("stopping_at_once", note="unfinished messages are run after the next start")
    scope.cancel()


async def stop_when_asked(stop: trio.Event, life: Life) -> None:
    """Have the tree stop once `stop` is set, and the process end where it does not."""
    await stop.wait()
    log.info("stopping", note="requests and handlers in progress come to their end first")
    life.stopping.set()
    await trio.sleep(STUCK_SECONDS)
    log.critical(
        "stuck", note="the process ends without what does not stop; it is run again at the next start"
    )
    os._exit(EXIT_STUCK)


def cause(failed: FailedToStartError) -> BaseException:
    """What the innermost child raised: the message was written for whoever starts the service."""
    error: BaseException = failed
    while isinstance(error, FailedToStartError) and error.error is not None:
        error = error.error
    return error
