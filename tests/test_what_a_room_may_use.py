"""The page of what a room may use, and the room."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

from mailroom.actors.hosting.room import Room

PAGE = (Path(__file__).resolve().parents[1] / "ops" / "docs" / "what-a-room-may-use.md").read_text()
IN_USES = "mailroom.actors.uses."


def test_each_field_of_a_room_that_is_for_its_use_stands_on_the_page_and_no_other_does():
    hints = get_type_hints(Room)
    used = {
        one.name for one in fields(Room) if getattr(hints[one.name], "__module__", "").startswith(IN_USES)
    }
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == used
