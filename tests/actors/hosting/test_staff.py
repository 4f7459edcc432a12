"""Who works in a bot's section of the console."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailroom.actors.hosting import staff as staffing
from mailroom.actors.hosting.bundled import Parts
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.pages.ask import KNOWN, ON_CALL, Ask, Asked, AskError
from mailroom.actors.pages.page import Section
from mailroom.actors.pages.visit import Proof
from mailroom.storage.errors import StoreUnavailable

ANNA = frozenset({Proof("telegram", "tg:7001")})


async def nothing(room, visit, asked):
    return None


def section(*may):
    asks = [Ask("GET", f"/{number}", Asked, nothing, one) for number, one in enumerate(may)]
    return Section("Test", Path(), asks)


def staff(roles, *may):
    parts = Parts(answers=lambda: None, section=section(*may), roles=roles)
    return Staff.of(SimpleNamespace(bot="mine"), parts)


def of(staff, proofs=ANNA):
    return asyncio.run(staff.roles(proofs))


async def told(_room, _proofs):
    return frozenset({"owner", "customer", "on_call"})


def test_only_a_role_that_an_ask_names_lets_anybody_in() -> None:
    assert of(staff(told, {"owner", "staff"}, ON_CALL)) == {"owner"}
    assert of(staff(told, {"staff"}, ON_CALL)) == set()
    assert of(staff(told, {"owner"}), frozenset()) == set()
    assert Staff.of(None, Parts(answers=lambda: None)) is None


def test_a_section_has_no_asks_for_whoever_comes_by() -> None:
    with pytest.raises(AskError, match="GET /1: in a section there is nobody who is 'known' and no more"):
        section({"owner"}, KNOWN)


def test_a_room_that_does_not_say_who_works_there_lets_nobody_in(monkeypatch) -> None:
    async def hangs(_room, _proofs):
        await asyncio.sleep(60)

    monkeypatch.setattr(staffing, "ROLES_SECONDS", 0.01)
    with pytest.raises(StoreUnavailable, match="the room of mine does not say"):
        of(staff(hangs, {"owner"}))
