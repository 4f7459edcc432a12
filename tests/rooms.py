"""Rooms of bots that are not there, with what a test gives them and nothing else."""

from dataclasses import fields
from typing import Any

from mailroom.actors.hosting.room import Room


def room_of(**given: Any) -> Room[Any]:
    """A room; what is not given is None."""
    return Room(**{one.name: None for one in fields(Room)} | {"demo": False} | given)
