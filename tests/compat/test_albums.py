"""The ways in which public bots handle an album: where stock aiogram loses nothing, equal to it call by call.

The three that handle each part by itself differ on purpose, as `bring-your-aiogram-bot.md` says: stock runs
their parts at the same time and keeps what one of them wrote. `tests/actors/test_albums.py` has what they do
here.
"""

from pathlib import Path

import pytest

ALBUMS = Path(__file__).with_name("bots") / "albums.py"
ANN = {"id": 7, "is_bot": False, "first_name": "Ann"}
CALLS = {
    "the first goes on": 1,
    "the first goes on after a while": 1,
    "the last goes on": 1,
    "asks Telegram, then collects": 5,
    "opens a session, then collects": 1,
    "collects in the handler": 2,
    "keeps the album in the data": 1,
    "leaves a task behind": 1,
}


def part(number):
    return {
        "message": {
            "message_id": 500 + number,
            "chat": {"id": 7, "type": "private", "first_name": "Ann"},
            "from": ANN,
            "media_group_id": "9",
            "photo": [{"file_id": f"f{number}", "file_unique_id": f"u{number}", "width": 1, "height": 1}],
        }
    }


@pytest.mark.parametrize("idiom", CALLS)
def test_a_bot_that_collects_albums_does_what_it_does_on_stock(on_both, idiom):
    with on_both(ALBUMS, environment={"IDIOM": idiom}) as visitors:
        visitors.happen([part(number) for number in range(4)], calls=CALLS[idiom])
