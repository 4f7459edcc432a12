"""Answers to button taps and inline queries.

A tap may be answered for 150 s and once; later, Telegram no longer knows the query. (That a second answer is
refused is how users report it; the public server source forwards it.)
"""

from mailroom.ops.simulators.telegram.arguments import flag, structure, text
from mailroom.ops.simulators.telegram.chats import Json
from mailroom.ops.simulators.telegram.errors import bad_request

from .call import Call, method

ANSWER_TEXT_MAX = 200
INLINE_RESULTS_MAX = 50


@method("answerCallbackQuery")
def answer_callback_query(call: Call) -> bool:
    """Stop the button's spinner, with or without a note to the user."""
    shown = text(call.args, "text")
    if len(shown) > ANSWER_TEXT_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = text(call.args, "callback_query_id")
    query = call.bot.answer(query_id, ("callback_query",), call.simulation.clock())
    note = {
        "callback_query_id": query_id,
        "user_id": query.user_id,
        "text": shown,
        "show_alert": flag(call.args, "show_alert"),
        "url": text(call.args, "url"),
    }
    call.simulation.events.emit("callback_answer", call.bot.token, query.chat_id, note)
    return True


@method("answerInlineQuery")
def answer_inline_query(call: Call) -> bool:
    """Offer results for what a user types after the bot's name."""
    results = structure(call.args, "results")
    if not isinstance(results, list) or len(results) > INLINE_RESULTS_MAX:
        raise bad_request(
            "RESULTS_TOO_MUCH" if isinstance(results, list) else "can't parse inline query results"
        )
    query = call.bot.answer(text(call.args, "inline_query_id"), ("inline_query",), call.simulation.clock())
    call.simulation.events.emit(
        "inline_answer", call.bot.token, None, {"user_id": query.user_id, "results": results}
    )
    return True


@method("answerWebAppQuery", "answerGuestQuery")
def answer_web_app_query(call: Call) -> Json:
    """Accepted for any query: Mini Apps are not simulated here."""
    return {"inline_message_id": call.simulation.new_id()}
