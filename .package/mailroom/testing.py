"""What authors of rooms test theirs with.

`ops/docs/from-mailroom.md` says what each name is for. Nothing within imports from here.
"""

from mailroom.actors.testing.check_room import RoomFaultsError, check_room
from mailroom.actors.testing.room_files import NoRoomError

__all__ = ["NoRoomError", "RoomFaultsError", "check_room"]
