"""What clients of other makers trip over: menus, previews, thumbnails, kinds of files, people's photos."""

import aiohttp
import pytest

from mailroom.ops.simulators.telegram.pictures import blank

TOKEN = "1001:test-token"
START = [{"command": "start", "description": "Start"}]
HELP = [{"command": "help", "description": "Help"}]
APP = {"type": "web_app", "text": "Shop", "web_app": {"url": "https://shop.example"}}


async def uploaded(sim, method, **given):
    """The message that a method with files makes; `bytes` and (name, bytes) are files."""
    form = aiohttp.FormData({"chat_id": "5"}, default_to_multipart=True)
    for name, value in given.items():
        if isinstance(value, bytes):
            form.add_field(name, value, filename=f"{name}.png", content_type="image/png")
        else:
            form.add_field(name, value)
    async with sim.http.post(f"{sim.url}/bot{TOKEN}/{method}", data=form) as response:
        answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]


def test_a_list_of_commands_belongs_to_one_chat_and_one_member(play):
    async def scenario(sim):
        await sim.send(chat_id=6)
        await sim.send(chat_id=-100500, user_id=8)
        chat = {"type": "chat", "chat_id": 5}
        member = {"type": "chat_member", "chat_id": -100500, "user_id": 8}
        await sim.result("setMyCommands", commands=START, scope=chat)
        await sim.result("setMyCommands", commands=HELP, scope=member, language_code="ru")
        assert await sim.result("getMyCommands", scope=chat) == START
        assert await sim.result("getMyCommands", scope={**chat, "chat_id": 6}) == []
        assert await sim.result("getMyCommands", scope=member, language_code="ru") == HELP
        assert await sim.result("getMyCommands", scope={**member, "user_id": 9}, language_code="ru") == []
        await sim.result("deleteMyCommands", scope={**chat, "chat_id": 6})
        assert await sim.result("getMyCommands", scope=chat) == START

    play(scenario)


@pytest.mark.parametrize(
    ("scope", "complaint"),
    [
        ({"type": "planet"}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"type": "chat"}, "can't parse BotCommandScope: Can't find field \"chat_id\""),
        ({"type": "chat", "chat_id": -7}, "chat not found"),
        ({"type": "chat_administrators", "chat_id": 5}, "can't use specified scope in private chats"),
    ],
)
def test_a_scope_that_is_none_is_refused(play, scope, complaint):
    async def scenario(sim):
        refusal = await sim.refusal("setMyCommands", commands=START, scope=scope)
        assert refusal == f"400 Bad Request: {complaint}"

    play(scenario)


def test_the_menu_button_of_one_chat_is_not_that_of_all(play):
    async def scenario(sim):
        await sim.result("setChatMenuButton", chat_id=5, menu_button=APP)
        assert await sim.result("getChatMenuButton", chat_id=5) == APP
        assert await sim.result("getChatMenuButton", chat_id=6) == {"type": "default"}
        assert await sim.result("getChatMenuButton") == {"type": "commands"}
        await sim.result("setChatMenuButton", chat_id=5, menu_button={"type": "default"})
        assert await sim.result("getChatMenuButton", chat_id=5) == {"type": "default"}

    play(scenario)


def test_a_name_that_a_language_lacks_is_the_one_of_no_language(play):
    async def scenario(sim):
        await sim.result("setMyDescription", description="A shop")
        assert await sim.result("getMyDescription", language_code="ru") == {"description": "A shop"}
        await sim.result("setMyDescription", description="Магазин", language_code="ru")
        assert await sim.result("getMyDescription", language_code="ru") == {"description": "Магазин"}
        refusal = await sim.refusal("setMyName", name="x", language_code="russian")
        assert refusal == "400 Bad Request: invalid language code specified"

    play(scenario)


def test_a_message_says_which_link_it_previews_and_how(play):
    async def scenario(sim):
        async def options(**given):
            sent = await sim.result("sendMessage", chat_id=5, **given)
            return sent.get("link_preview_options")

        link = "https://example.com/a"
        assert await options(text="no link") is None
        assert await options(text=f"see {link}.") == {"url": link}
        assert await options(text=link, disable_web_page_preview=True) == {"is_disabled": True}
        above = {"show_above_text": True, "prefer_small_media": True}
        assert await options(text=link, link_preview_options=above) == {"url": link, **above}
        named = {"url": "https://example.org"}
        assert await options(text="x", link_preview_options=named) == named

    play(scenario)


def test_a_thumbnail_comes_back_with_its_file_and_can_be_fetched(play):
    async def scenario(sim):
        video = (await uploaded(sim, "sendVideo", video=b"film", thumbnail=blank()))["video"]
        assert (video["thumbnail"]["width"], video["thumbnail"]["height"]) == (3, 2)
        path = (await sim.result("getFile", file_id=video["thumbnail"]["file_id"]))["file_path"]
        assert await (await sim.http.get(f"{sim.url}/file/bot{TOKEN}/{path}")).read() == blank()
        again = await sim.result("sendVideo", chat_id=5, video=video["file_id"])
        assert again["video"] == video
        assert "thumbnail" not in (await uploaded(sim, "sendDocument", document=b"text"))["document"]

    play(scenario)


def test_the_sizes_of_a_photo_are_files_of_their_own_and_as_large_as_they_say(play):
    async def scenario(sim):
        made_up = (await uploaded(sim, "sendPhoto", photo=b"no picture"))["photo"]
        assert [(size["width"], size["height"]) for size in made_up] == [(90, 60), (320, 213), (800, 533)]
        assert len({size["file_unique_id"] for size in made_up}) == 3
        assert [(size["width"], size["height"]) for size in
                (await uploaded(sim, "sendPhoto", photo=blank()))["photo"]] == [(3, 2)]  # fmt: skip
        for size in made_up:
            sent = await sim.result("sendPhoto", chat_id=5, photo=size["file_id"])
            assert sent["photo"] == made_up

    play(scenario)


def test_a_file_is_not_sent_as_what_it_is_not(play):
    async def scenario(sim):
        document = (await uploaded(sim, "sendDocument", document=b"text"))["document"]["file_id"]
        photo = (await uploaded(sim, "sendPhoto", photo=b"p"))["photo"][-1]["file_id"]
        video = (await uploaded(sim, "sendVideo", video=b"film"))["video"]

        async def refused(method, **given):
            return (await sim.refusal(method, chat_id=5, **given)).removeprefix(
                "400 Bad Request: can't use file of "
            )

        assert await refused("sendPhoto", photo=document) == "type Document as Photo"
        assert await refused("sendDocument", document=photo) == "type Photo as Document"
        assert await refused("sendVoice", voice=photo) == "type Photo as VoiceNote"
        assert await refused("sendPhoto", photo=video["thumbnail"]["file_id"]) == "type Thumbnail as Photo"
        group = [{"type": "photo", "media": document}, {"type": "photo", "media": photo}]
        assert await refused("sendMediaGroup", media=group) == "type Document as Photo"
        kept = await sim.result("sendDocument", chat_id=5, document=video["file_id"])
        assert kept["video"]["file_id"] == video["file_id"], "documents of all kinds stay what they are"

    play(scenario)


def test_a_users_photo_can_be_fetched_and_sent_back(play):
    async def scenario(sim):
        for photo in ([], [{"file_id": "AgACAg-1", "width": 1280, "height": 720}]):
            await sim.sim("send", chat_id=5, content={"photo": photo, "caption": "for @support"})
            message = (await sim.result("getUpdates", offset=-1))[0]["message"]
            assert message["caption_entities"] == [{"type": "mention", "offset": 4, "length": 8}]
            file_id = message["photo"][-1]["file_id"]
            assert (await sim.result("sendPhoto", chat_id=5, photo=file_id))["photo"]
            path = (await sim.result("getFile", file_id=file_id))["file_path"]
            assert (await (await sim.http.get(f"{sim.url}/file/bot{TOKEN}/{path}")).read()).startswith(
                b"\x89PNG"
            )
        await sim.sim("send", chat_id=5, content={"document": {"file_id": "BQAC-1", "file_name": "a.pdf"}})
        assert (await sim.result("sendDocument", chat_id=5, document="BQAC-1"))["document"][
            "file_name"
        ] == "a.pdf"
        refusal = await sim.refusal("sendPhoto", chat_id=5, photo="BQAC-1")
        assert refusal == "400 Bad Request: can't use file of type Document as Photo"

    play(scenario)


def test_what_a_user_changes_is_looked_through_again(play):
    async def scenario(sim):
        sent = await sim.send("/start")
        await sim.sim("edit", chat_id=5, message_id=sent["message_id"], text="see #sale")
        edited = (await sim.result("getUpdates", offset=-1))[0]["edited_message"]
        assert edited["entities"] == [{"type": "hashtag", "offset": 4, "length": 5}]

    play(scenario)
