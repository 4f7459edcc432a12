"""The Bot API: what it answers and what it refuses, in Telegram's words."""

import aiohttp
import pytest

KEYBOARD = {"inline_keyboard": [[{"text": "Buy", "callback_data": "buy"}]]}


def test_a_message_comes_back_as_telegram_shows_it(play):
    async def scenario(sim):
        message = await sim.result(
            "sendMessage", chat_id=5, text=" <b>Привет</b> ", parse_mode="HTML", reply_markup=KEYBOARD
        )
        assert message["chat"] == {"id": 5, "first_name": "User 5", "username": "user_5", "type": "private"}
        assert message["from"]["is_bot"]
        assert message["text"] == "Привет"
        assert message["entities"] == [{"type": "bold", "offset": 0, "length": 6}]
        assert message["reply_markup"] == KEYBOARD

    play(scenario)


def test_arguments_come_as_json_form_query_or_multipart(play):
    async def scenario(sim):
        base = f"{sim.url}/bot1001:test-token"
        args = {
            "chat_id": "5",
            "text": "x",
            "reply_markup": '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}',
        }
        form = aiohttp.FormData(args)
        multipart = aiohttp.FormData(args, default_to_multipart=True)
        for response in (
            await sim.http.get(f"{base}/SENDMESSAGE", params=args),
            await sim.http.post(f"{base}/sendmessage", data=form),
            await sim.http.post(f"{base}/sendMessage", data=multipart),
            await sim.http.post(f"{base}/sendMessage?chat_id=5", json={"text": "x"}),
        ):
            assert (await response.json())["result"]["text"] == "x"

    play(scenario)


def test_what_cannot_be_a_message_is_refused(play):
    async def scenario(sim):
        async def refused(**args):
            return await sim.refusal("sendMessage", **{"chat_id": 5, "text": "x", **args})

        def one(**button):
            return {"inline_keyboard": [[button]]}

        assert await refused(chat_id="") == "400 Bad Request: chat_id is empty"
        assert await refused(chat_id=0) == "400 Bad Request: chat not found"
        assert await refused(chat_id=-99) == "400 Bad Request: chat not found"
        assert await refused(chat_id="@nobody") == "400 Bad Request: chat not found"
        assert await refused(text="") == "400 Bad Request: message text is empty"
        assert await refused(text="  \n") == "400 Bad Request: message text is empty"
        assert await refused(text="я" * 4097) == "400 Bad Request: message is too long"
        assert await refused(parse_mode="XML") == "400 Bad Request: unsupported parse_mode"
        assert (await refused(text="<b>x", parse_mode="HTML")).startswith(
            "400 Bad Request: can't parse entities"
        )
        assert await refused(reply_parameters={"message_id": 99}) == (
            "400 Bad Request: message to be replied not found"
        )
        assert await refused(reply_markup="{") == "400 Bad Request: can't parse reply markup JSON object"
        assert await refused(reply_markup=one(text="a", callback_data="д" * 33)) == (
            "400 Bad Request: BUTTON_DATA_INVALID"
        )
        assert (
            await refused(reply_markup=one(text="a", callback_data=""))
            == "400 Bad Request: BUTTON_DATA_INVALID"
        )
        assert "Text buttons are unallowed" in await refused(reply_markup=one(text="a"))
        assert "non-empty" in await refused(reply_markup=one(text="", callback_data="a"))
        await sim.result("sendMessage", chat_id=5, text="я" * 4096)
        await sim.result(
            "sendMessage", chat_id=5, text="x", reply_markup=one(text="a", callback_data="д" * 32)
        )

    play(scenario)


def test_unknown_methods_and_bad_tokens_are_refused(play):
    async def scenario(sim):
        assert await sim.refusal("sendNothing") == "404 Not Found: method not found"
        assert await sim.refusal("getMe", token="nonsense") == "401 Unauthorized: invalid token specified"
        response = await sim.http.post(
            f"{sim.url}/bot1001:test-token/getMe", data=b"[1", headers={"Content-Type": "application/json"}
        )
        assert (await response.json())["error_code"] == 400

    play(scenario)


def test_an_edit_must_change_something(play):
    async def scenario(sim):
        message = await sim.result("sendMessage", chat_id=5, text="one", reply_markup=KEYBOARD)
        where = {"chat_id": 5, "message_id": message["message_id"]}
        not_modified = "400 Bad Request: message is not modified: specified new message content"
        same = await sim.refusal("editMessageText", text="one", reply_markup=KEYBOARD, **where)
        assert same.startswith(not_modified)
        without_keyboard = await sim.result("editMessageText", text="one", **where)
        assert "reply_markup" not in without_keyboard
        assert without_keyboard["edit_date"]
        assert (await sim.refusal("editMessageReplyMarkup", **where)).startswith(not_modified)
        assert "buy" in str(await sim.result("editMessageReplyMarkup", reply_markup=KEYBOARD, **where))

    play(scenario)


def test_only_own_messages_that_exist_are_edited(play):
    async def scenario(sim):
        sent = await sim.send()
        edit = "editMessageText"
        assert await sim.refusal(edit, chat_id=5, message_id=99, text="x") == (
            "400 Bad Request: message to edit not found"
        )
        assert await sim.refusal(edit, chat_id=5, message_id=sent["message_id"], text="x") == (
            "400 Bad Request: message can't be edited"
        )
        assert await sim.refusal(edit, chat_id=5, text="x") == (
            "400 Bad Request: message identifier is not specified"
        )
        dice = await sim.result("sendDice", chat_id=5)
        assert await sim.refusal(edit, chat_id=5, message_id=dice["message_id"], text="x") == (
            "400 Bad Request: there is no text in the message to edit"
        )

    play(scenario)


def test_a_deleted_message_is_gone(play):
    async def scenario(sim):
        message = await sim.result("sendMessage", chat_id=5, text="x")
        assert await sim.result("deleteMessage", chat_id=5, message_id=message["message_id"])
        assert await sim.refusal("deleteMessage", chat_id=5, message_id=message["message_id"]) == (
            "400 Bad Request: message to delete not found"
        )
        assert await sim.result("deleteMessages", chat_id=5, message_ids=[message["message_id"]])

    play(scenario)


def test_a_tap_is_answered_once_and_within_150_seconds(play):
    async def scenario(sim):
        too_old = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
        message = await sim.result("sendMessage", chat_id=5, text="x", reply_markup=KEYBOARD)

        async def tap():
            tapped = await sim.sim("tap", chat_id=5, message_id=message["message_id"], data="buy")
            return tapped["callback_query_id"]

        first = await tap()
        update = (await sim.result("getUpdates"))[-1]["callback_query"]
        assert update["id"] == first
        assert update["data"] == "buy"
        assert update["message"]["reply_markup"] == KEYBOARD
        assert await sim.refusal("answerCallbackQuery", callback_query_id="1") == too_old
        long_text = await sim.refusal("answerCallbackQuery", callback_query_id=first, text="x" * 201)
        assert long_text == "400 Bad Request: MESSAGE_TOO_LONG"
        assert await sim.result("answerCallbackQuery", callback_query_id=first)
        assert await sim.refusal("answerCallbackQuery", callback_query_id=first) == too_old
        late = await tap()
        sim.simulation.bot("1001:test-token").queries[late].expires_at -= 151
        assert await sim.refusal("answerCallbackQuery", callback_query_id=late) == too_old

    play(scenario)


def test_a_user_who_blocked_the_bot_hears_nothing_more(play):
    async def scenario(sim):
        await sim.send()
        await sim.sim("block", chat_id=5)
        assert await sim.refusal("sendMessage", chat_id=5, text="x") == (
            "403 Forbidden: bot was blocked by the user"
        )
        update = (await sim.result("getUpdates"))[-1]["my_chat_member"]
        assert (update["old_chat_member"]["status"], update["new_chat_member"]["status"]) == (
            "member",
            "kicked",
        )
        await sim.sim("block", chat_id=5, blocked=False)
        await sim.result("sendMessage", chat_id=5, text="x")

    play(scenario)


def test_files_go_up_come_down_and_are_sent_again_by_id(play):
    async def scenario(sim):
        form = aiohttp.FormData(
            {"chat_id": "5", "caption": "<i>hi</i>", "parse_mode": "HTML", "document": "attach://doc"}
        )
        form.add_field("doc", b"content", filename="a.txt", content_type="text/plain")
        response = await sim.http.post(f"{sim.url}/bot1001:test-token/sendDocument", data=form)
        message = (await response.json())["result"]
        assert message["document"]["file_name"] == "a.txt"
        assert message["caption_entities"] == [{"type": "italic", "offset": 0, "length": 2}]
        file_id = message["document"]["file_id"]
        path = (await sim.result("getFile", file_id=file_id))["file_path"]
        download = await sim.http.get(f"{sim.url}/file/bot1001:test-token/{path}")
        assert await download.read() == b"content"
        assert download.headers["Content-Type"] == "application/octet-stream"
        assert (await sim.http.get(f"{sim.url}/file/bot1001:test-token/other")).status == 404
        await sim.result("sendDocument", chat_id=5, document=file_id)
        await sim.result("sendPhoto", chat_id=5, photo="https://example.com/a.jpg")
        assert (
            await sim.refusal("sendPhoto", chat_id=5) == "400 Bad Request: there is no photo in the request"
        )
        assert await sim.refusal("sendPhoto", chat_id=5, photo="AgAD") == (
            "400 Bad Request: wrong file identifier/HTTP URL specified"
        )

    play(scenario)


def test_an_album_is_two_to_ten_files_with_one_group_id(play):
    async def scenario(sim):
        item = {"type": "photo", "media": "https://example.com/a.jpg"}
        album = await sim.result("sendMediaGroup", chat_id=5, media=[item, {**item, "caption": "two"}])
        assert len({message["media_group_id"] for message in album}) == 1
        assert album[1]["caption"] == "two"
        assert "2-10" in await sim.refusal("sendMediaGroup", chat_id=5, media=[item])

    play(scenario)


@pytest.mark.parametrize(
    ("method", "args", "field"),
    [
        ("sendDice", {"emoji": "🎯"}, "dice"),
        ("sendLocation", {"latitude": 1.5, "longitude": 2}, "location"),
        ("sendVenue", {"latitude": 1, "longitude": 2, "title": "t", "address": "a"}, "venue"),
        ("sendContact", {"phone_number": "+7", "first_name": "A"}, "contact"),
        ("sendPoll", {"question": "?", "options": ["a", {"text": "b"}]}, "poll"),
        ("sendSticker", {"sticker": "https://example.com/a.webp"}, "sticker"),
        ("sendVideoNote", {"video_note": "https://example.com/a.mp4"}, "video_note"),
        ("sendAnimation", {"animation": "https://example.com/a.mp4"}, "animation"),
    ],
)
def test_other_content_arrives_and_can_be_copied(play, method, args, field):
    async def scenario(sim):
        message = await sim.result(method, chat_id=5, **args)
        assert field in message
        where = {"chat_id": 6, "from_chat_id": 5, "message_id": message["message_id"]}
        assert set(await sim.result("copyMessage", **where)) == {"message_id"}
        forwarded = await sim.result("forwardMessage", **where)
        assert forwarded["forward_origin"]["sender_user"]["id"] == 1001
        assert forwarded[field] == message[field]

    play(scenario)


def test_a_payment_takes_an_invoice_a_consent_in_time_and_ends_in_a_message(play):
    async def scenario(sim):
        invoice = {"title": "Tea", "description": "Green", "payload": "order:1", "currency": "XTR"}
        prices = [{"label": "Tea", "amount": 50}]
        assert await sim.refusal("sendInvoice", chat_id=5, **invoice, prices=prices * 2) == (
            "400 Bad Request: STARS_INVOICE_INVALID"
        )
        message = await sim.result("sendInvoice", chat_id=5, **invoice, prices=prices)
        assert message["reply_markup"]["inline_keyboard"][0][0]["pay"]
        paying = await sim.sim("pay", chat_id=5, message_id=message["message_id"])
        asked = (await sim.result("getUpdates"))[-1]["pre_checkout_query"]
        assert (asked["total_amount"], asked["invoice_payload"]) == (50, "order:1")
        await sim.result("answerPreCheckoutQuery", pre_checkout_query_id=asked["id"], ok=True)
        paid = (await sim.result("getUpdates"))[-1]["message"]["successful_payment"]
        assert paid["invoice_payload"] == "order:1"
        charge = {"user_id": 5, "telegram_payment_charge_id": paid["telegram_payment_charge_id"]}
        assert await sim.result("getMyStarBalance") == {"amount": 50}
        assert await sim.result("refundStarPayment", **charge)
        assert await sim.refusal("refundStarPayment", **charge) == "400 Bad Request: CHARGE_ALREADY_REFUNDED"
        link = await sim.result("createInvoiceLink", **invoice, prices=prices)
        late = await sim.sim("pay", chat_id=5, link=link)
        sim.simulation.bot("1001:test-token").queries[late["pre_checkout_query_id"]].expires_at -= 11
        too_late = await sim.refusal(
            "answerPreCheckoutQuery", pre_checkout_query_id=late["pre_checkout_query_id"], ok=True
        )
        assert "query is too old" in too_late
        assert paying["pre_checkout_query_id"] == asked["id"]

    play(scenario)


def test_a_reply_keyboard_belongs_to_the_chat_and_not_to_the_message(play):
    async def scenario(sim):
        keyboard = {"keyboard": [[{"text": "A"}]], "resize_keyboard": True}
        message = await sim.result("sendMessage", chat_id=5, text="x", reply_markup=keyboard)
        assert "reply_markup" not in message
        chat = await sim.sim("chat?token=1001:test-token&chat_id=5", "GET")
        assert chat["keyboard"] == keyboard
        await sim.result("sendMessage", chat_id=5, text="y", reply_markup={"remove_keyboard": True})
        assert (await sim.sim("chat?token=1001:test-token&chat_id=5", "GET"))["keyboard"] is None

    play(scenario)


def test_menus_and_descriptions_are_kept_by_language(play):
    async def scenario(sim):
        commands = [{"command": "start", "description": "Начать"}]
        await sim.result("setMyCommands", commands=commands, language_code="ru")
        assert await sim.result("getMyCommands", language_code="ru") == commands
        assert await sim.result("getMyCommands") == []
        await sim.result("setMyDescription", description="d")
        assert await sim.result("getMyDescription") == {"description": "d"}
        assert await sim.refusal("setMyCommands", commands=[{"command": "x"}]) == (
            "400 Bad Request: BOT_COMMAND_INVALID"
        )

    play(scenario)


def test_groups_have_members_and_a_user_is_named_in_a_tap(play):
    async def scenario(sim):
        await sim.send(chat_id=-100500, user_id=8)
        message = await sim.result("sendMessage", chat_id=-100500, text="x", reply_markup=KEYBOARD)
        assert message["chat"]["type"] == "supergroup"
        await sim.sim("tap", chat_id=-100500, user_id=9, message_id=message["message_id"], data="buy")
        assert (await sim.result("getUpdates"))[-1]["callback_query"]["from"]["id"] == 9
        assert (await sim.result("getChatMember", chat_id=-100500, user_id=8))["status"] == "member"
        assert (await sim.result("getChatMember", chat_id=-100500, user_id=99))["status"] == "left"

    play(scenario)
