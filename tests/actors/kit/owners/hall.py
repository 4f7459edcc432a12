"""The owner's side of a small room of its own: a hall that tells people when there are seats."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from aiogram import BaseMiddleware, F, Router
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import Message, TelegramObject

from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.notify import Button
from mailroom.actors.kit.owners.access import OwnersSide, by, works_as
from mailroom.actors.kit.owners.broadcasts.audience import Audience, Recipients
from mailroom.actors.kit.owners.broadcasts.routes import BroadcastRoutes
from mailroom.actors.kit.owners.broadcasts.screens import Places
from mailroom.actors.kit.owners.deeds import once
from mailroom.actors.kit.owners.forms import leaving, needing_text
from mailroom.actors.kit.owners.problems import problem
from mailroom.actors.kit.owners.roles import named_by
from mailroom.actors.kit.owners.texts import OWNER_FOLDER
from mailroom.actors.kit.owners.texts.broadcasts import BroadcastTexts
from mailroom.actors.kit.owners.texts.policies import PolicyTexts
from mailroom.actors.kit.owners.texts.refusals import RefusalTexts
from mailroom.actors.kit.owners.texts.shared import SharedTexts
from mailroom.actors.kit.owners.withheld import withheld
from mailroom.actors.kit.policies.policy import Policy, policies_router
from mailroom.actors.kit.policies.routes import POLICY_OF, PolicyRoutes
from mailroom.actors.texts.declared import Texts
from mailroom.actors.texts.language import Language
from mailroom.actors.texts.reading import read_texts
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.schemas import SchemaPool
from tests.rooms import room_of

OLGA, STAS = 7_001, 7_002
TABLES = """
CREATE SCHEMA hall;
CREATE TABLE hall.owner_log (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    bot       text        NOT NULL,
    effect_id text        NOT NULL UNIQUE,
    who       text        NOT NULL,
    action    text        NOT NULL,
    target    text        NOT NULL,
    why       text        NOT NULL DEFAULT '',
    outcome   jsonb       NOT NULL DEFAULT '{}'
);
CREATE TABLE hall.policies (
    bot text, name text, language text, text text, changed_at timestamptz, PRIMARY KEY (bot, name, language)
);
CREATE TABLE hall.seats (number integer PRIMARY KEY);
"""
PEOPLE = {101: "ru", 102: "ru", 103: "en"}


class HallTexts(Texts):
    """What the hall says to those who run it: what the kit does."""

    shared: SharedTexts
    broadcasts: BroadcastTexts
    refusals: RefusalTexts
    policies: PolicyTexts


TEXTS = read_texts(HallTexts, OWNER_FOLDER, default="en", theme="owner")


class Place(CallbackData, prefix="place"):
    """A screen of the hall."""

    name: str


class Asked(StatesGroup):
    """What an owner was asked for."""

    text = State()
    policy = State()


async def roles(_room: Room[Any], proofs: Any) -> frozenset[str]:
    return named_by(proofs, {"owner": {OLGA}, "usher": {STAS}})


async def _count(_source: Any, _bot: str) -> Recipients:
    spoken = list(PEOPLE.values())
    return Recipients({one: spoken.count(one) for one in ("ru", "en", "de")}, without_news=5)


async def _chats(_connection: Any, _bot: str, language: str | None) -> list[int]:
    return [chat for chat, spoken in PEOPLE.items() if language in (None, spoken)]


AUDIENCE = Audience(
    count=_count,
    chats=_chats,
    spoken=lambda text: "en" if text.isascii() else "ru",
    below=lambda language: Button(text={"ru": "Хватит"}.get(language, "Enough"), data="enough"),
    languages=["ru", "en", "de"],
)
PLACES = Places(home=Place(name="home"), broadcasts=Place(name="all"), new=Place(name="new"))
TERMS = Policy[Any](
    "terms",
    Place(name="terms"),
    usual=lambda room, language: f"Be quiet, {language}.",
    rows=lambda language: [],
    options=lambda room, language: "Seid still." if language == "de" else "",
)
is_owner = works_as(roles, frozenset({"owner"}))
works_here = works_as(roles, frozenset({"owner", "usher"}))


def room(pool: SchemaPool) -> Room[Any]:
    return room_of(bot="hall", database=pool, sharing=frozenset({"hall"}))


class _InTheHall(BaseMiddleware):
    """Hands on what a host would."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        async with asyncpg.create_pool(self._url, min_size=1, max_size=2) as pool:
            there = room(SchemaPool(pool, "hall", Clock()))
            offered = {"room": there, "database": there.database, "language": "en"}
            return await handler(event, data | offered)


async def _cancel(message: Message) -> None:
    await message.answer("never mind")


async def _menu(message: Message) -> None:
    await message.answer("the hall")


async def _seat(message: Message, room: Room[Any], me: Any, turn: Any) -> None:
    async def act(tx: Any) -> dict[str, Any]:
        return {
            "seat": await tx.connection.fetchval("INSERT INTO {schema}.seats VALUES (1) RETURNING number")
        }

    outcome = await once(room, by(turn, me, "seat"), "seat", "1", act)
    await message.answer(f"seat {outcome['seat']}")


def build(url: str) -> Router:
    """What a room makes of the kit."""
    top = Router(name="hall")
    top.message.outer_middleware(_InTheHall(url))
    top.callback_query.outer_middleware(_InTheHall(url))
    side = Router(name="hall.owner")
    own = OwnersSide(
        lambda data: TEXTS[data["event_from_user"].language_code],
        lambda own, wrong: own.shared.not_done(problem=problem(wrong, own.shared, own.refusals)),
    )
    for observer in (side.message, side.callback_query):
        observer.filter(works_here)
        observer.middleware(own)
    menu = Router(name="hall.menu")
    menu.message.register(_menu, Command("hall"))
    menu.message.register(_seat, Command("seat"), is_owner)
    side.include_routers(
        leaving("hall.leaving", Asked, (POLICY_OF,), _cancel),
        menu,
        BroadcastRoutes(AUDIENCE, PLACES, Asked.text, is_owner).router(),
        PolicyRoutes(
            [TERMS],
            [Language("en"), Language("de")],
            Place(name="policies"),
            PLACES.home,
            Asked.policy,
            is_owner,
        ).router(),
        needing_text("hall.text", Asked),
        withheld("hall.withheld", ["broadcast", "seat"], [Place]),
    )
    rest = Router(name="hall.rest")
    rest.message.register(lambda message: message.answer("there is no such command"), F.text)
    top.include_routers(side, policies_router("hall.policies", TERMS), rest)
    return top
