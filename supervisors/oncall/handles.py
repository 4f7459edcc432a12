"""What on-call needs of the tree and of the chats of a process; `node.py` works them."""

from collections.abc import Callable, MutableMapping
from typing import Any, Protocol

from mailroom.storage.redis.entry import Chat
from mailroom.supervisors.oncall.reports import NodeReport

Matches = Callable[[Chat], bool]


class TreeHandle(Protocol):
    """The supervision tree of this process. What is awaited runs in Trio."""

    @property
    def held(self) -> MutableMapping[str, Any]:
        """The nodes that are put aside, by path, also those that are not there now: whatever happens, they
        are not started. Filled before the tree starts (`held_nodes`), then kept by `suspend` and `resume`.
        """

    def report(self) -> NodeReport:
        """The tree as it is now."""

    def paths(self) -> list[str]:
        """Every node there is, also one that is put aside; without the root."""

    async def restart(self, path: str) -> None:
        """Stop a node and start it again; it is not counted as a crash."""

    async def suspend(self, path: str, seconds: float | None) -> None:
        """Stop a node and do not start it again. It has so many seconds to end, or what its spec gives it.
        Raises where it does not end.
        """

    async def resume(self, path: str) -> None:
        """Start a node that is put aside, or that its supervisor has parked."""


class ChatsHandle(Protocol):
    """The chats that are worked in this process. What is awaited runs in Trio."""

    def running(self, matches: Matches) -> int:
        """How many messages are being handled, or were begun in the store and are about to be."""

    async def quiesce(self, matches: Matches, seconds: float) -> int:
        """Wait until nothing of these is being handled or begun, so many seconds at most; returns what still
        is. Their suspension is in the store already, so that nothing new begins there.
        """

    def reload(self, matches: Matches) -> int:
        """Read them again from the store, those that are not in memory but have messages waiting too; returns
        how many were in memory.
        """

    def forgive(self, matches: Matches) -> None:
        """Forget that they have crashed."""

    def restart(self, matches: Matches) -> int:
        """Throw their actors away, to be made anew; returns how many there were."""

    def describe(self, chat: Chat) -> dict[str, object]:
        """What the chat's actor says of itself; empty when it is not in memory."""
