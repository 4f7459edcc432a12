"""The owner gives products their pictures."""

from mailroom.actors.bots.shop.demo.pictures import picture
from mailroom.actors.bots.shop.pictures import PICTURE_BYTES_MAX

PNG = picture("games", "trams")


def opens(person):
    product = person.sql("SELECT id FROM shop.products WHERE slug = 'trams'")[0]["id"]
    person.writes("/admin")
    person.presses_data(f"admp:{product}")


def sends_photo(person, data=PNG, caption=None, size=None):
    person.telegram.files["photo-1"] = data
    person.telegram.known_files.add("photo-1")
    one = {
        "file_id": "photo-1", "file_unique_id": "p", "width": 480, "height": 320,
        "file_size": size or len(data),
    }  # fmt: skip
    entity = {"type": "bot_command", "offset": 0, "length": 8}
    extra = {"caption": caption, "caption_entities": [entity]} if caption else {}
    person.sends(photo=[{**one, "file_id": "small"}, one], **extra)


def kept(person):
    return [bytes(row["content"]) for row in person.sql("SELECT content FROM mailroom.file")]


def test_a_photo_is_asked_for_kept_and_shown_as_customers_see_it(olga):
    opens(olga)
    assert "Picture: none" in olga.sees
    olga.presses("Add a picture")
    assert "up to 2 MB" in olga.sees
    sends_photo(olga)
    assert kept(olga) == [PNG]
    assert "photo-1" in olga.telegram.photos.values(), "shown by the name that Telegram has for it"
    assert "Picture: yes" in olga.sees
    olga.presses("Remove the picture")
    assert kept(olga) == []
    log = olga.sql("SELECT action, target FROM shop.owner_log ORDER BY id")
    assert [tuple(row) for row in log] == [("picture", "trams"), ("picture_off", "trams")]


def test_what_is_no_picture_or_too_large_is_refused_by_name_and_asked_for_again(olga):
    opens(olga)
    olga.presses("Add a picture")
    olga.writes("here it is")
    assert "Please send a picture" in olga.sees
    olga.sends_file(b"<svg/>", name="x.svg")
    assert "not a JPEG or PNG picture" in olga.sees
    fetched = olga.fetched()
    olga.sends_file(PNG, name="x.png", size=PICTURE_BYTES_MAX + 1)
    assert olga.fetched() == fetched, "what is too large is not fetched"
    olga.sends_file(picture("games", "chess"), name="x.png")
    assert len(kept(olga)) == 1


def test_a_picture_goes_with_its_command_below_it(oleg):
    sends_photo(oleg, caption="/picture trams")
    assert kept(oleg) == [PNG]
    oleg.writes("/picture")
    assert "/picture svetlitsa" in oleg.sees


def test_staff_cannot_change_pictures(stas):
    opens(stas)
    assert not any("picture" in label.lower() for label in stas.buttons())
    stas.writes("/picture")
    assert "Only the owner" in stas.sees or "only" in stas.sees.lower()


def test_a_file_goes_with_the_last_product_that_has_it(oleg):
    sends_photo(oleg, caption="/picture trams")
    sends_photo(oleg, caption="/picture chess")
    assert kept(oleg) == [PNG], "two products, one file"
    other = picture("games", "chess")
    sends_photo(oleg, caption="/picture trams", data=other)
    assert sorted(kept(oleg)) == sorted([PNG, other])
    sends_photo(oleg, caption="/picture chess", data=other)
    assert kept(oleg) == [other]
