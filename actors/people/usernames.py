"""What Telegram calls the bots: asked once, and only where somebody is given a link to a chat."""

from collections.abc import Awaitable, Callable, Mapping

from mailroom.storage.errors import StoreUnavailable


class Usernames:
    """Of the bots of a process; who can ask for them is told once they are there."""

    def __init__(self) -> None:
        self._asking: dict[str, Callable[[], Awaitable[str]]] = {}
        self._known: dict[str, str] = {}

    def learn(self, asking: Mapping[str, Callable[[], Awaitable[str]]]) -> None:
        """Say how to ask what each bot is called."""
        self._asking.update(asking)

    async def of(self, bot: str) -> str:
        """What Telegram calls a bot. Raises `StoreUnavailable` where it does not say."""
        if bot not in self._known:
            if bot not in self._asking:
                raise StoreUnavailable(f"what Telegram calls {bot} is not known yet")
            self._known[bot] = await self._asking[bot]()
        return self._known[bot]
