"""What a room may import: of Mailroom what is promised to authors, of its outer parts nothing, and in its
`domain/` nothing that could decide otherwise tomorrow.
"""

from collections.abc import Iterator

from mailroom.actors.testing.names_in import calls_in, imports_of, names_in
from mailroom.actors.testing.room_files import Fault, RoomFiles

BUNDLED = "mailroom.actors.bots"
INSIDE = ("actors", "storage", "supervisors", "ingress", "ops")
"""Mailroom's own folders: what is in them may move with any version."""
OUTER_PARTS = ("mailroom.ingress", "mailroom.ops", "mailroom.supervisors", "quart", "quart_trio", "hypercorn")
"""What serves a room, and is none of its business."""
CHANCE = ("random", "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom", "numpy.random")
CLOCKS = (
    "time", "sched", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
    "datetime.date.today", "mailroom.storage.clock",
)  # fmt: skip
FRAMEWORKS = (
    "aiogram",
    "openai",
    "pykka",
    "trio",
    "asyncio",
    "anyio",
    "threading",
    "multiprocessing",
    "concurrent",
)
STORES = ("asyncpg", "redis", "sqlite3", "psycopg", "sqlalchemy", "mailroom.storage")
WORLD = (
    "httpx",
    "http",
    "socket",
    "ssl",
    "subprocess",
    "urllib.request",
    "requests",
    "aiohttp",
    "smtplib",
    "tempfile",
    "shutil",
)
NOT_OF_A_RULE = (
    (CHANCE, "leaves it to chance"),
    (CLOCKS, "is a clock"),
    (FRAMEWORKS, "is a framework"),
    (STORES, "is a store"),
    (WORLD, "is the world outside"),
    (("open", "input"), "is the world outside"),
)
"""What a pure function has no use for, and why."""


def import_faults(room: RoomFiles) -> Iterator[Fault]:
    """Imports that a room may not have."""
    bundled = room.package.startswith(f"{BUNDLED}.")
    for source in room.sources:
        for line, name in imports_of(source):
            if is_within(name, OUTER_PARTS):
                yield Fault(
                    source.file, line, f"{name} is an outer part: a room gives values, and knows none"
                )
            elif is_within(name, BUNDLED) and not is_within(name, room.package):
                yield Fault(source.file, line, f"{name} is another room's: what two need is the kit's")
            elif not bundled and is_within(name, tuple(f"mailroom.{folder}" for folder in INSIDE)):
                yield Fault(
                    source.file, line, f"{name} may move: import it from mailroom or one of its modules"
                )


def domain_faults(room: RoomFiles) -> Iterator[Fault]:
    """What its rules have that rules do not need."""
    for source in room.within("domain"):
        for line, name in sorted({*imports_of(source), *names_in(source), *calls_in(source)}):
            for names, why in NOT_OF_A_RULE:
                if is_within(name, names):
                    yield Fault(source.file, line, f"{name} {why}: hand what comes of it over to the rule")
        for line, name in imports_of(source):
            if is_within(name, room.package) and not is_within(name, f"{room.package}.domain"):
                yield Fault(source.file, line, f"{name} is not of the domain: a rule knows rules alone")


def is_within(name: str, of: str | tuple[str, ...]) -> bool:
    """Whether a name is one of these, or of a module that is."""
    wholes = (of,) if isinstance(of, str) else of
    return any(name == whole or name.startswith(f"{whole}.") for whole in wholes)
