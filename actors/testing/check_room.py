"""What holds for every room, bundled or somebody's own, as one test of an author's.

def test_my_room_keeps_the_rules_of_rooms():
check_room("my_package")
"""

from mailroom.actors.testing.clocks import clock_faults
from mailroom.actors.testing.cold import face_faults
from mailroom.actors.testing.layers_of_rooms import domain_faults, import_faults
from mailroom.actors.testing.room_files import files_of
from mailroom.actors.testing.tables_of_rooms import table_faults
from mailroom.actors.testing.texts_of_rooms import text_faults

RULES = (import_faults, domain_faults, clock_faults, table_faults, text_faults, face_faults)


class RoomFaultsError(AssertionError):
    """A room breaks rules; the message has a line for each place, with what to do."""

    def __init__(self, package: str, faults: list[str]) -> None:
        super().__init__("\n".join([f"the room {package} breaks rules of rooms:", *faults]))
        self.faults = faults


def check_room(package: str) -> None:
    """See that a room imports Mailroom by its public names and no outer part; that its `domain/` reaches no
    framework, no store, no clock and no chance; that it has no clock but `room.now()`, neither in Python nor
    in SQL; that its statements say where its tables are; that its files of texts say all that is declared,
    in each of its languages; and that importing its `BOT` loads no framework.

    The files are read and not run, but for the last two. Raises `RoomFaultsError` with all that is wrong, and
    `NoRoomError` where there is no such package.
    """
    room = files_of(package)
    faults = sorted({str(fault) for rule in RULES for fault in rule(room)})
    if faults:
        raise RoomFaultsError(package, faults)
