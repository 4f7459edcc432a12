"""The stand-in for Telegram in demo mode."""

import json
import urllib.request
from pathlib import Path

from mailroom.actors.bots.shop.demo.people import PEOPLE
from mailroom.ops.embedded.ports import free_port
from mailroom.ops.embedded.telegram import DemoTelegram


def test_the_page_shows_the_bots_of_a_demo_by_their_names_also_after_a_restart(tmp_path: Path) -> None:
    telegram = DemoTelegram(
        tmp_path,
        port_wanted=free_port(),
        bots={"night-shop": "1:demo-night-shop"},
        people={"night-shop": PEOPLE},
    )
    for _ in range(2):
        url = telegram.start()
        try:
            with urllib.request.urlopen(f"{url}/sim/bots", timeout=5) as answer:
                (bot,) = json.load(answer)["bots"]
            assert bot["bot"]["first_name"] == "Night shop"
            assert [person["role"] for person in bot["people"]] == ["customer", "friend", "owner", "supplier"]
        finally:
            telegram.stop()
