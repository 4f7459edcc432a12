"""The face of a room is cold: what reads settings, moves tables and lists queues loads no framework for it.
Nor do its rules, whatever they import.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

from mailroom.actors.testing.room_files import Fault, RoomFiles

FRAMEWORKS = ("aiogram", "asyncpg", "httpx", "hypercorn", "openai", "quart", "redis", "trio")
SECONDS_MAX = 60.0
_LOOK = """
import importlib, sys
face, frameworks, rules = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
for module in (face, *rules):
    found = importlib.import_module(module)
    if module == face:
        found.BOT
    for name in frameworks:
        if name in sys.modules:
            print(module, name)
    frameworks = [name for name in frameworks if name not in sys.modules]
"""


def face_faults(room: RoomFiles) -> Iterator[Fault]:
    """What importing them loads, looked at in a process of its own."""
    files = {one.name: one.file for one in room.sources}
    rules = sorted(one.name for one in room.within("domain"))
    done = subprocess.run(
        [sys.executable, "-c", _LOOK, room.package, " ".join(FRAMEWORKS), *rules],
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS_MAX,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(place for place in sys.path if place)},
    )
    for line in done.stdout.splitlines():
        module, name = line.split()
        words = "import what runs in parts() alone" if module == room.package else "a rule needs none"
        yield Fault(files[module], 1, f"importing it loads {name}: {words}")
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        yield Fault(files[room.package], 1, f"its BOT, or a rule, cannot be imported: {last}")
