"""Somebody whom a bundled bot needs in its demo."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the chat page, as the page introduces them."""

    id: int
    name: str
    language: str
    role: str
    """In a word or two, such as "owner"."""
    hint: str
    """What there is to do as this person: the first thing that their empty chat says."""
