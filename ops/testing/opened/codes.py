"""Mail and SMS in memory: the one-time codes that would have been sent."""

from dataclasses import dataclass

from mailroom.actors.providers.codes import AddressKind


@dataclass(frozen=True, slots=True)
class SentCode:
    """A code, and whom it was sent to."""

    address: str
    """`mail:anna@example.com`, `phone:+79161234567`."""
    code: str
    language: str
    title: str
    """What they know the bot by."""


class MemoryCodes:
    """Carries codes anywhere."""

    name = "memory"
    takes: tuple[AddressKind, ...] = ("mail", "phone")

    def __init__(self) -> None:
        self.sent: list[SentCode] = []
        self._keys: set[str] = set()

    async def send(self, address: str, code: str, *, language: str, title: str, key: str) -> None:
        """Keep it, once for a key."""
        if key not in self._keys:
            self._keys.add(key)
            self.sent.append(SentCode(address, code, language, title))
