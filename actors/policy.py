"""How much a chat may take: the limits of the chat actors, in one place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits every chat actor keeps. All have a default that needs no thought."""

    attempts_max: int = 3
    """Attempts at one message before it becomes a dead letter; a process that died on it counts."""
    backoff_seconds: float = 1.0
    """The pause after the first failed attempt; it doubles with each further one."""
    backoff_max_seconds: float = 60.0
    handler_timeout_seconds: float = 300.0
    """After this a handler counts as failed: longer than any model takes to answer, shorter than a chat
    should stand still.
    """
    turns_max: int = 200
    """Turns in progress at once. They mostly wait for the network; more of them would only share the same
    processor.
    """
    quantum: int = 8
    """Messages a chat may handle before the next chat gets its place: one flooded chat delays another by no
    more than this.
    """
    window: int = 32
    """Messages of one chat read ahead into memory: what a flooded chat may cost, whatever the length of its
    mailbox.
    """
    resident_max: int = 50_000
    """Chat actors in memory at once; the chats beyond wait in Redis."""
    idle_seconds: float = 60.0
    """A chat silent for this long leaves memory; its next message brings it back with one read."""
    drain_seconds: float = 10.0
    """How long handlers may finish after SIGTERM; the usual platforms kill after 10 to 30 s. What is not done
    is done after the restart.
    """
