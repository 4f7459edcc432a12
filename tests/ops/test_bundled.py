"""A room that the configuration names is somebody's own package: what is wrong with it is told as theirs."""

import itertools
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailroom.ops.brought import brought, queues_of
from mailroom.ops.configuration import load
from mailroom.ops.faults import CannotStartError, ConfigurationError
from mailroom.ops.room_options import demo_people, demo_scripts, options_of
from mailroom.ops.routers import require_routers

IMPORTS = """
from pydantic import BaseModel, ConfigDict
from mailroom.actors.hosting.bundled import BundledBot, Demo, Parts
from mailroom.actors.hosting.demo_person import DemoPerson
from mailroom.actors.jobs.queue import Queue

class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")
    seats: int = 12
"""
_numbers = itertools.count(1)


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A package of somebody's, beside a configuration that names it; the configuration is given back."""
    monkeypatch.setattr("sys.path", list(sys.path))

    def make(source: str, *, settings: str = "", **files: str) -> tuple[Path, str]:
        name = f"somebodys_{next(_numbers)}"
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").write_text(IMPORTS + source.replace("THIS", name))
        for file, content in files.items():
            (package / f"{file}.py").write_text(content)
        config = tmp_path / f"{name}.toml"
        config.write_text(f'[bots.mine]\nroom = "{name}"\n{settings}')
        return config, name

    return make


def fault_of(config: Path, *, started: bool = False) -> str:
    settings = load(config, environment={}) if started else None
    with pytest.raises(ConfigurationError) as caught:
        require_routers(settings) if settings else load(config, environment={})
    (fault,) = caught.value.faults
    return fault


def test_its_options_queues_and_demo_are_those_that_it_says(room):
    config, name = room(
        "DEMO = Demo(options=Options(seats=3), people=(DemoPerson(7001, 'Zoe', 'en', 'guest', 'Sits.'),),"
        " script='THIS.words:SCRIPT')\n"
        "BOT = BundledBot(options=Options, parts=lambda: None, queues=(Queue('ink'),), demo=DEMO)"
    )
    settings = load(config, environment={})
    assert options_of(settings)["mine"].seats == 3
    assert [queue.of("mine") for queue in queues_of(settings)["mine"]] == [
        "mine.payment",
        "mine.ink",
        "mine.notification",
    ]
    assert [person.name for person in demo_people(settings)["mine"]] == ["Zoe"]
    assert demo_scripts(settings) == {name: f"{name}.words:SCRIPT"}


def test_what_its_owner_sets_is_checked_by_its_own_model(room):
    config, _ = room(
        "BOT = BundledBot(options=Options, parts=lambda: None)",
        settings='options.seat = 1\nparse_mode = "HTML"',
    )
    with pytest.raises(ConfigurationError) as caught:
        load(config, environment={})
    assert [fault.replace(config.name, "file") for fault in sorted(caught.value.faults)] == [
        "bots.mine.options.seat (file): unknown option; did you mean seats?",
        "bots.mine.parse_mode (file): is for bots with a router; one with a room knows how it writes",
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "has no BOT, the BundledBot that says what it is (NAME/__init__.py)"),
        ("BOT = Options()", "its BOT is no BundledBot but of the type Options (NAME/__init__.py)"),
        (
            "import nowhere_at_all",
            "there is no module 'nowhere_at_all', which it imports (NAME/__init__.py:10)",
        ),
        ("1 / 0", "importing it raised ZeroDivisionError: division by zero (NAME/__init__.py:10)"),
        (
            "BOT = BundledBot(options=Options, parts=lambda: None, queues=(Queue('ink'), Queue('ink')))",
            "importing it raised QueueError: a bot cannot have the queue 'ink' twice (NAME/__init__.py:10)",
        ),
        (
            "BOT = BundledBot(options=Options, parts=lambda: None, queues=(Queue('payment'),))",
            (
                "importing it raised QueueError: a bot cannot have the queue 'payment', which it has by"
                " itself (NAME/__init__.py:10)"
            ),
        ),
    ],
)
def test_a_room_that_cannot_be_had_is_told_in_one_line_with_the_authors_own(room, source, said):
    config, name = room(source)
    assert fault_of(config) == f"bots.mine.room ({config.name}): room '{name}': {said.replace('NAME', name)}"


def test_a_room_that_is_nowhere_says_where_it_was_looked_for(tmp_path):
    config = tmp_path / "mailroom.toml"
    config.write_text('[bots.mine]\nroom = "no_such_room"')
    assert fault_of(config) == (
        "bots.mine.room (mailroom.toml): room 'no_such_room': there is no module 'no_such_room' in"
        f" {tmp_path}"
    )


def test_the_name_of_a_bundled_bot_is_taken(tmp_path):
    config = tmp_path / "mailroom.toml"
    config.write_text('[bots.mine]\nroom = "shop"')
    said = 'is the name of a bundled bot: set bot = "shop", or rename the package'
    assert fault_of(config) == f"bots.mine.room (mailroom.toml): {said}"


def test_what_its_parts_raise_is_told_before_anything_starts(room):
    config, name = room(
        "def parts():\n    from THIS.parts import PARTS\n    return PARTS\n"
        "BOT = BundledBot(options=Options, parts=parts)",
        parts="import aiogram\naiogram.Rooter()",
    )
    fault = fault_of(config, started=True)
    assert fault.startswith(
        f"bots.mine.room ({config.name}): room '{name}': importing it raised AttributeError: "
    )
    assert fault.endswith(f"({name}/parts.py:2)")


@pytest.mark.parametrize(
    ("queues", "jobs", "said"),
    [
        ("Queue('ink'),", "", "nobody does the jobs of its queue mine.ink"),
        (
            "",
            "Handlers(Queue('ink'), services.bot),",
            "jobs of mine.ink, a queue that BundledBot.queues",
        ),
    ],
)
def test_a_queue_whose_jobs_nobody_does_is_no_room(room, queues, jobs, said):
    config, _ = room(
        "from mailroom.actors.jobs.handlers import Handlers\n"
        f"PARTS = Parts(answers=list, jobs=lambda services: ({jobs}))\n"
        f"BOT = BundledBot(options=Options, parts=lambda: PARTS, queues=({queues}))"
    )
    services = SimpleNamespace(of=lambda bot: SimpleNamespace(bot=bot))
    with pytest.raises(CannotStartError, match=said):
        brought(load(config, environment={}), services)


PERIODIC = """
from mailroom import Every, Handlers, Kind
from pydantic import BaseModel
class Day(BaseModel): ...
INK = Queue("ink")
REFILL = Kind("refill", Day, queue=INK)
def jobs(room):
    its = Handlers(INK, room.bot)
    its.job(REFILL)(print)
    return [its]
PARTS = Parts(
    answers=list,
    jobs=jobs,
    periodic=lambda room: [Every("refill", lambda: REFILL(Day(), bot=WHOSE), cron="0 9 * * *")],
)
BOT = BundledBot(options=Options, parts=lambda: PARTS, queues=(INK,))
"""


def test_the_periodic_work_of_a_room_is_enqueued_in_its_queue_and_bears_its_name(room):
    config, _ = room(PERIODIC.replace("WHOSE", "room.bot"))
    services = SimpleNamespace(of=lambda bot: SimpleNamespace(bot=bot))
    (work,) = brought(load(config, environment={}), services).periodic
    assert (work.name, str(work.schedule), work.job().queue) == ("mine.refill", "0 9 * * * UTC", "mine.ink")


def test_periodic_work_in_the_queue_of_another_bot_is_no_room(room):
    config, _ = room(PERIODIC.replace("WHOSE", "'shop'"))
    services = SimpleNamespace(of=lambda bot: SimpleNamespace(bot=bot))
    said = "bots.mine: its periodic work refill is enqueued in shop.ink: it must be its own"
    with pytest.raises(CannotStartError, match=said):
        brought(load(config, environment={}), services)
