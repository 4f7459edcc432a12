"""What people are to a shop."""

import asyncio
from types import SimpleNamespace

import pytest

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.roles import roles
from mailroom.actors.pages.visit import Proof

ROOM = SimpleNamespace(options=Options(owners={1, 2}, staff={2, 3}))


@pytest.mark.parametrize(
    ("addresses", "found"),
    [
        (["tg:1"], {"owner"}),
        (["tg:2"], {"owner", "staff"}),
        (["tg:3"], {"staff"}),
        (["tg:4"], set()),
        (["phone:+1", "mail:1@example.com"], set()),
        (["phone:+1", "tg:3"], {"staff"}),
        ([], set()),
    ],
)
def test_owners_and_staff_are_those_of_the_options_by_the_number_that_telegram_gave_them(
    addresses, found
) -> None:
    proofs = frozenset(Proof("telegram", one, "owner") for one in addresses)
    assert asyncio.run(roles(ROOM, proofs)) == found
