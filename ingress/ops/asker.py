"""Who asks at `/ops`: on-call, or a person with what they are in the room of the bot that is asked."""

from collections.abc import Collection
from dataclasses import dataclass, field

from quart import g

from mailroom.actors.pages.ask import ANYONE, BEARER, KNOWN, ON_CALL
from mailroom.actors.pages.visit import Proof

OF_THE_PLATFORM = ANYONE | KNOWN | BEARER | ON_CALL
"""What no room can say that somebody is."""


class NotAllowedError(Exception):
    """Whoever asks may not; the message says what, in a sentence. It is written to the audit."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who was let in. On-call's name is their own word; a person has proved who they are."""

    on_call: bool
    name: str
    person: str | None = None
    """The address that is proved, as `tg:7001`; None for on-call."""
    proofs: frozenset[Proof] = field(default_factory=frozenset)
    roles: frozenset[str] = field(default_factory=frozenset)
    """What the room of the bot that is asked says that they are; none of on-call, who may everything."""

    @property
    def who(self) -> str:
        """Who it is, for the audit: of a person what is proved first."""
        return self.name if self.person is None else f"{self.person} {self.name}".strip()

    def may(self, may: Collection[str]) -> bool:
        """Whether an ask for those roles is theirs to ask."""
        return self.on_call or not (self.roles - OF_THE_PLATFORM).isdisjoint(may)

    def require(self, may: Collection[str]) -> None:
        """Raises `NotAllowedError` for whom an ask is not."""
        if not self.may(may):
            whose = ", ".join(sorted(set(may) - ON_CALL)) or "on-call"
            theirs = ", ".join(sorted(self.roles)) or "nothing"
            raise NotAllowedError(f"this is for {whose}; here you are {theirs}")


def asker() -> Asker:
    """Who asks now; `guard.py` has let them in."""
    found: Asker = g.asker
    return found
