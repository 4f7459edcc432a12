"""python-telegram-bot answers what people ask of a bot: taps, inline queries, payments."""

import pytest

pytestmark = pytest.mark.long


def test_taps_are_answered_once(play, ptb):
    async def scenario(bot, visitor):
        keyboard = ptb.InlineKeyboardMarkup([[ptb.InlineKeyboardButton("a", callback_data="b")]])
        sent = await bot.send_message(5, "x", reply_markup=keyboard)
        visitor.does("tap", chat_id=5, message_id=sent.message_id, data="b")
        query = (await bot.get_updates(offset=-1))[0].callback_query
        assert (query.data, query.message.message_id, query.from_user.id) == ("b", sent.message_id, 5)
        assert await query.answer("yes", show_alert=True)
        with pytest.raises(ptb.error.BadRequest, match="Query is too old"):
            await query.answer()

    play(scenario)


def test_inline_and_web_app_queries_are_answered(play, ptb):
    async def scenario(bot, visitor):
        visitor.update("inline_query", query="x", offset="", **{"from": {"id": 5, "first_name": "A"}})
        query = (await bot.get_updates(offset=-1))[0].inline_query
        article = ptb.InlineQueryResultArticle("1", "t", ptb.InputTextMessageContent("x"))
        assert await query.answer([article], cache_time=0)
        assert (await bot.answer_web_app_query("1", article)).inline_message_id
        assert (await bot.answer_guest_query("1", article)).inline_message_id

    play(scenario)


def test_stars_are_asked_for_paid_and_given_back(play, ptb):
    async def scenario(bot, visitor):
        prices = [ptb.LabeledPrice("x", 50)]
        invoice = await bot.send_invoice(5, "Title", "About", "payload", "XTR", prices)
        assert (invoice.invoice.total_amount, invoice.reply_markup.inline_keyboard[0][0].pay) == (50, True)
        visitor.does("pay", chat_id=5, message_id=invoice.message_id)
        query = (await bot.get_updates(offset=-1))[0].pre_checkout_query
        assert (query.invoice_payload, query.currency) == ("payload", "XTR")
        assert await query.answer(ok=True)
        paid = (await bot.get_updates(offset=-1))[0].message.successful_payment
        assert (await bot.get_my_star_balance()).amount == 50
        [came] = (await bot.get_star_transactions()).transactions
        assert (came.id, came.amount, came.source.invoice_payload) == (
            paid.telegram_payment_charge_id, 50, "payload"
        )  # fmt: skip
        assert await bot.refund_star_payment(5, paid.telegram_payment_charge_id)
        [_, went] = (await bot.get_star_transactions(limit=2)).transactions
        assert (went.id, went.receiver.user.id) == (came.id, 5)
        with pytest.raises(ptb.error.BadRequest, match=r"(?i)charge_already_refunded"):
            await bot.refund_star_payment(5, paid.telegram_payment_charge_id)
        assert (await bot.create_invoice_link("T", "A", "p", "XTR", prices)).startswith("https://t.me/$")
        with pytest.raises(ptb.error.BadRequest, match=r"(?i)payment_provider_invalid"):
            await bot.send_invoice(5, "T", "A", "p", "EUR", prices)

    play(scenario)


def test_shipping_queries_are_answered(play, ptb):
    async def scenario(bot, visitor):
        address = dict.fromkeys(
            ("country_code", "state", "city", "street_line1", "street_line2", "post_code"), "x"
        )
        event = {"from": {"id": 5, "first_name": "A"}, "invoice_payload": "p", "shipping_address": address}
        visitor.update("shipping_query", **event)
        query = (await bot.get_updates(offset=-1))[0].shipping_query
        option = ptb.ShippingOption("1", "post", [ptb.LabeledPrice("x", 1)])
        assert await query.answer(ok=True, shipping_options=[option])

    play(scenario)
