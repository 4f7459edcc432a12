"""The fixtures of `mailroom.testing`, for a test suite that asks for them: `pytest_plugins =
["mailroom.testing"]`.

Whoever does not ask pays nothing; whoever asks and uses none pays for this file. What runs a bot (aiogram,
the stores) is imported by the first test that has a chat.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mailroom.ops.testing.asking import AskedPage, AskedSection, CalledHooks
    from mailroom.ops.testing.chat import Chat
    from mailroom.ops.testing.jobs import Jobs
    from mailroom.ops.testing.models import ScriptedModels
    from mailroom.ops.testing.outages import Outages, TelegramOutages
    from mailroom.ops.testing.payments import Database, Payments
    from mailroom.ops.testing.service import Service
    from mailroom.ops.testing.session import Session
    from mailroom.ops.testing.subject import Subject
    from mailroom.ops.testing.times import TestClock

ANN_ID = 101
GROUP_ID = -1001


@pytest.fixture
def router() -> Any:
    """What is tested; to be given by the test suite: an aiogram 3 Router or Dispatcher, its name as
    `module:attribute`, or a function that makes one.
    """
    return None


@pytest.fixture(scope="session")
def mailroom_session() -> "Iterator[Session]":
    """What all tests share: the loop, and a Redis that is started for the first of them."""
    from mailroom.ops.testing.session import Session

    session = Session()
    yield session
    session.close()


@pytest.fixture
def room() -> Any:
    """What is tested, where that is a room; to be given by the test suite: the name of its package."""
    return None


@pytest.fixture
def room_options() -> Any:
    """What the room is set to, as a value of its options; those of its demo where none are given."""
    return None


@pytest.fixture
def service(mailroom_session: "Session", router: Any, room: Any, room_options: Any) -> "Iterator[Service]":
    """The bot at work: killed and started again at will."""
    if (router is None) == (room is None):
        raise pytest.UsageError(
            "mailroom.testing needs to know what to test: give it a fixture `router` that returns an aiogram"
            ' 3 Router or Dispatcher, its name as "module:attribute", or a function that makes one; or a'
            " fixture `room` that returns the name of a package"
        )
    subject: Subject
    if room is None:
        from mailroom.ops.testing.subject import RouterSubject

        subject = RouterSubject(router)
    else:
        from mailroom.ops.testing.rooms import Tested  # with it openai, asyncpg, what serves pages

        subject = Tested(room, room_options)
    with mailroom_session.service(subject) as service:
        yield service


@pytest.fixture
def payments(service: "Service") -> "Payments":
    """Where the people of a room pay: `payments.pay()`."""
    from mailroom.ops.testing.payments import Payments

    return Payments(service)


@pytest.fixture
def database(service: "Service") -> "Database":
    """The room's tables: `database.value("SELECT count(*) FROM {schema}.tips")`."""
    from mailroom.ops.testing.payments import Database

    return Database(service)


@pytest.fixture
def page(service: "Service") -> "AskedPage":
    """The room's page, asked without HTTP: `page.asks("POST", "/orders", person=chat, …)`."""
    from mailroom.ops.testing.asking import AskedPage

    return AskedPage(service)


@pytest.fixture
def section(service: "Service") -> "AskedSection":
    """The room's section of the console, without HTTP: `section.asks("GET", "/orders", role="owner")`."""
    from mailroom.ops.testing.asking import AskedSection

    return AskedSection(service)


@pytest.fixture
def hooks(service: "Service") -> "CalledHooks":
    """What other servers call of the room: `hooks.calls("deals", body, headers)`."""
    from mailroom.ops.testing.asking import CalledHooks

    return CalledHooks(service)


@pytest.fixture
def jobs(service: "Service") -> "Jobs":
    """The room's jobs: `jobs.run(DELIVER(Order(number=7), bot="shop"))`."""
    from mailroom.ops.testing.jobs import Jobs

    return Jobs(service)


@pytest.fixture
def people(service: "Service") -> "Callable[..., Chat]":
    """Makes people, each with a chat of their own: `people("Boris", language="ru")`."""
    from mailroom.ops.testing.chat import Chat

    numbers = count(ANN_ID + 1)

    def person(name: str, *, language: str = "en", id: int | None = None, **more: Any) -> Chat:  # noqa: A002
        number = id or next(numbers)
        of = {"id": number, "is_bot": False, "first_name": name, "language_code": language}
        return Chat(service, number, {**of, "username": f"{name.lower()}_{number}", **more})

    return person


@pytest.fixture
def chat(people: "Callable[..., Chat]") -> "Chat":
    """Ann's chat with the bot; her Telegram speaks English."""
    return people("Ann", id=ANN_ID)


@pytest.fixture
def group(service: "Service") -> "Callable[..., Chat]":
    """Makes groups: `group("Team", ann, boris)`; who writes is said by `by`, the first of them by default."""
    from mailroom.ops.testing.chat import Chat

    numbers = count(1)

    def make(title: str, *members: Chat) -> Chat:
        return Chat(service, GROUP_ID * 10**9 - next(numbers), members[0].person, title)

    return make


@pytest.fixture
def telegram(service: "Service") -> "TelegramOutages":
    """What Telegram does to calls: `with telegram.answers_502(): ...`."""
    from mailroom.ops.testing.outages import TelegramOutages

    return TelegramOutages(service)


@pytest.fixture
def outage(service: "Service") -> "Outages":
    """What happens to stores, model and process: `with outage.killed_before_commit(): ...`."""
    from mailroom.ops.testing.outages import Outages

    return Outages(service)


@pytest.fixture
def models(service: "Service") -> "ScriptedModels":
    """The model that a room asks: `models.says("Take the green one.")`."""
    return service.scripted


@pytest.fixture
def clock(service: "Service") -> "TestClock":
    """What time it is for the bot: `clock.advance(hours=2)`."""
    from mailroom.ops.testing.times import TestClock

    return TestClock(service)
