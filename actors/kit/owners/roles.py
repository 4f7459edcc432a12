"""What people are to a bot who have proved who they are, where its options name them by their numbers."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.visit import Proof

Roles = Callable[[Room[Any], frozenset[Proof]], Awaitable[frozenset[str]]]
"""What a room makes of proofs (`Parts.roles`): the same in the chat and in the console."""


def named_by(proofs: frozenset[Proof], named: Mapping[str, Collection[int]]) -> frozenset[str]:
    """The roles whose people somebody is one of, by Telegram's number of them."""
    ids = {proof.telegram_id for proof in proofs}
    return frozenset(role for role, people in named.items() if not ids.isdisjoint(people))
