"""python-telegram-bot sends files of every kind, by upload, by id and in albums, and fetches them."""

import pytest

from mailroom.ops.simulators.telegram.pictures import blank

pytestmark = pytest.mark.long

KINDS = ("document", "video", "animation", "audio", "voice", "video_note", "sticker")


async def sent(bot, kind, file, **more):
    return await getattr(bot, f"send_{kind}")(5, file, **more)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_goes_up_comes_down_and_is_sent_again_by_id(play, kind):
    async def scenario(bot, _):
        first = getattr(await sent(bot, kind, b"content of a file"), kind)
        file = await bot.get_file(first.file_id)
        assert bytes(await file.download_as_bytearray()) == b"content of a file"
        assert (file.file_unique_id, file.file_size) == (first.file_unique_id, first.file_size)
        again = getattr(await sent(bot, kind, first.file_id), kind)
        assert again == first
        assert again.to_dict() == first.to_dict()

    play(scenario)


def test_what_is_said_of_a_file_comes_back(play):
    async def scenario(bot, _):
        video = (await sent(bot, "video", b"v", width=10, height=20, duration=3, filename="a.mp4")).video
        assert (video.width, video.height, video.file_name, video.mime_type) == (10, 20, "a.mp4", "video/mp4")
        audio = (await sent(bot, "audio", b"a", performer="P", title="T", duration=3)).audio
        assert (audio.performer, audio.title) == ("P", "T")
        assert (await sent(bot, "sticker", b"s", emoji="👍")).sticker.emoji == "👍"
        assert (await sent(bot, "video_note", b"n", length=99)).video_note.length == 99
        spoiled = await bot.send_photo(5, blank(), caption="<b>c</b>", parse_mode="HTML", has_spoiler=True)
        assert (spoiled.has_media_spoiler, spoiled.caption_entities[0].type) == (True, "bold")
        above = await bot.send_photo(5, blank(), caption="c", show_caption_above_media=True)
        assert above.show_caption_above_media
        animation = await sent(bot, "animation", b"g")
        assert animation.document.file_id == animation.animation.file_id

    play(scenario)


@pytest.mark.parametrize("kind", ["document", "video", "animation", "audio", "video_note"])
def test_a_thumbnail_comes_back(play, kind):
    async def scenario(bot, _):
        thumbnail = getattr(await sent(bot, kind, b"film", thumbnail=blank()), kind).thumbnail
        assert (thumbnail.width, thumbnail.height) == (3, 2)
        file = await bot.get_file(thumbnail.file_id)
        assert bytes(await file.download_as_bytearray()) == blank()

    play(scenario)


def test_the_sizes_of_a_photo_grow(play):
    async def scenario(bot, _):
        photo = (await bot.send_photo(5, b"not really")).photo
        assert [size.width for size in photo] == [90, 320, 800]
        assert len({size.file_unique_id for size in photo}) == 3
        assert (await bot.send_photo(5, photo[0])).photo == photo

    play(scenario)


@pytest.mark.parametrize(
    ("had", "wanted", "words"),
    [
        ("document", "photo", "Can't use file of type document as photo"),
        ("video", "photo", "Can't use file of type video as photo"),
        ("photo", "document", "Can't use file of type photo as document"),
        ("photo", "voice", "Can't use file of type photo as voicenote"),
    ],
)
def test_a_file_is_not_sent_as_another_kind(play, ptb, had, wanted, words):
    async def scenario(bot, _):
        file = getattr(await sent(bot, had, b"content"), had)
        file_id = file[-1].file_id if had == "photo" else file.file_id
        with pytest.raises(ptb.error.BadRequest) as caught:
            await sent(bot, wanted, file_id)
        assert str(caught.value).lower() == words.lower()

    play(scenario)


def test_files_that_are_none_are_refused(play, ptb):
    async def scenario(bot, _):
        for file, words in (("AgADnone", "Wrong file identifier"), (b"", "non-empty")):
            with pytest.raises(ptb.error.BadRequest, match=words):
                await bot.send_photo(5, file)
        with pytest.raises(ptb.error.BadRequest, match=r"[Ii]nvalid file_id"):
            await bot.get_file("AgADnone")

    play(scenario)


def test_a_users_photo_is_fetched_and_sent_back(play):
    async def scenario(bot, visitor):
        visitor.does(
            "send", chat_id=5, content={"photo": [{"file_id": "AgACAg", "width": 800, "height": 600}]}
        )
        visitor.does("send", chat_id=5, content={"document": {"file_name": "a.pdf"}, "caption": "#pdf"})
        photo, document = [update.message for update in await bot.get_updates()][-2:]
        assert (await bot.send_photo(5, photo.photo[-1].file_id)).photo
        assert (await (await bot.get_file(photo.photo[-1].file_id)).download_as_bytearray()).startswith(
            b"\x89PNG"
        )
        assert (await bot.send_document(5, document.document)).document.file_name == "a.pdf"
        assert document.caption_entities[0].type == "hashtag"

    play(scenario)


def test_albums_and_paid_files(play, ptb):
    async def scenario(bot, _):
        photo, video = ptb.InputMediaPhoto(blank(), caption="a"), ptb.InputMediaVideo(b"v")
        album = await bot.send_media_group(5, [photo, video], caption=None)
        assert len({message.media_group_id for message in album}) == 1
        assert (album[0].caption, bool(album[1].video)) == ("a", True)
        with pytest.raises(ptb.error.BadRequest, match="can't be mixed"):
            await bot.send_media_group(5, [photo, ptb.InputMediaDocument(b"d")])
        with pytest.raises(ptb.error.BadRequest, match="2-10"):
            await bot.send_media_group(5, [photo])
        paid = await bot.send_paid_media(5, 10, [ptb.InputPaidMediaPhoto(blank())])
        assert (paid.paid_media.star_count, len(paid.paid_media.paid_media)) == (10, 1)

    play(scenario)
