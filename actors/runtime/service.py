"""The nursery in which calls from asyncio into Trio run: it opens before Trio's main and closes after it."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import outcome
import trio

T = TypeVar("T")

service_nursery: trio.lowlevel.RunVar[trio.Nursery] = trio.lowlevel.RunVar("service_nursery")


async def run_with_service_nursery(
    main: Callable[[], Awaitable[T]], main_scope: trio.CancelScope
) -> T | None:
    """Run `main` under `main_scope` inside the service nursery; None comes back when the scope was cancelled.

    The nursery is cancelled only after `main` has ended, so that clean-up code of `main` can still talk to
    asyncio code that calls back into Trio.
    """
    result: outcome.Outcome[T | None] = outcome.Value(None)
    async with trio.open_nursery() as nursery:
        service_nursery.set(nursery)
        # Captured, because the nursery would wrap what main raises into an ExceptionGroup.
        try:
            with main_scope:
                result = outcome.Value(await main())
        except BaseException as error:
            result = outcome.Error(error)
        nursery.cancel_scope.cancel(reason="Trio's main has ended")
    return result.unwrap()
