"""Pictures of products in the chat: with the card, kept by us, sent again where Telegram forgot them."""

import pytest
from aiogram.methods import EditMessageMedia, EditMessageText, SendPhoto
from aiogram.types import BufferedInputFile

from mailroom.actors.bots.shop.demo.goods import fill_pictures
from mailroom.actors.bots.shop.demo.pictures import picture
from mailroom.actors.bots.shop.pictures import add_picture
from mailroom.actors.kit.screens.image import read_image
from mailroom.actors.uses.cpu import Cpu

PNG = picture("games", "trams")


@pytest.fixture
def pictured(ann):
    """Ann in a shop where one of the goods has a picture."""

    async def add():
        async with ann.database.acquire() as connection:
            await add_picture(connection, "trams", PNG)

    ann.run(add())
    ann.product = ann.sql("SELECT id FROM shop.products WHERE slug = 'trams'")[0]["id"]
    ann.writes("/catalog")
    return ann


def opens(person):
    person.presses_data(f"card:{person.product}:0")
    return person.newest


def last(person, kind):
    return [call for call in person.telegram.calls if isinstance(call, kind)][-1]


def test_the_card_has_its_picture_and_the_way_on_from_it_is_a_text(pictured):
    message = opens(pictured)
    assert isinstance(last(pictured, EditMessageMedia).media.media, BufferedInputFile)
    assert "Price" in pictured.sees
    pictured.presses("Add to cart")
    assert pictured.newest == message
    assert "In your cart: 1" in pictured.sees
    pictured.presses("Back")
    assert message not in pictured.telegram.messages, "a picture cannot become a text: it goes"
    assert "Price" not in pictured.sees
    opens(pictured)
    assert pictured.newest in pictured.telegram.photos


def test_a_picture_goes_out_once_and_then_by_its_name(pictured):
    opens(pictured)
    pictured.presses("Back")
    opens(pictured)
    assert isinstance(last(pictured, EditMessageMedia).media.media, str)


def test_a_name_that_telegram_forgot_is_no_fault(pictured):
    opens(pictured)
    pictured.presses("Back")
    pictured.telegram.known_files.clear()
    opens(pictured)
    assert isinstance(last(pictured, EditMessageMedia).media.media, BufferedInputFile)
    pictured.presses("Back")
    opens(pictured)
    assert isinstance(last(pictured, EditMessageMedia).media.media, str)


def test_a_picture_that_is_gone_between_two_looks_leaves_the_text(pictured, monkeypatch):
    from mailroom.actors.kit.screens.picture import FilePicture

    async def gone(_self):
        return None

    monkeypatch.setattr(FilePicture, "upload", gone)
    opens(pictured)
    assert "Price" in pictured.sees
    assert pictured.newest not in pictured.telegram.photos


def test_a_message_that_cannot_be_edited_is_followed_by_the_picture(pictured):
    pictured.telegram.refusals[EditMessageMedia] = "Bad Request: message can't be edited"
    opens(pictured)
    assert last(pictured, SendPhoto)
    assert pictured.newest in pictured.telegram.photos


def test_a_long_description_fits_below_the_picture(pictured):
    pictured.sql("UPDATE shop.products SET description_en = $1 WHERE slug = 'trams'", "&🎁 " * 330)
    opens(pictured)
    assert "…" in pictured.sees
    assert "Price" in pictured.sees


def test_a_card_without_a_picture_stays_a_text(ann):
    ann.adds("chess")
    assert isinstance(ann.telegram.messages[ann.newest], EditMessageText)


def test_the_demo_draws_its_own_pictures_once(ann):
    cpu = Cpu()
    assert ann.run(fill_pictures(ann.database, cpu))
    assert not ann.run(fill_pictures(ann.database, cpu))
    ann.run(cpu.stop())
    rows = ann.sql("SELECT content, type FROM mailroom.file")
    assert len(rows) > 20
    for row in rows:
        image = read_image(row["content"])
        assert (image.mime_type, image.fits) == (row["type"], True)
        assert len(row["content"]) < 20_000
