"""Questions with options to vote for, and quizzes, which know the right one."""

import asyncio
import time
from typing import Any

from mailroom.ops.simulators.telegram.arguments import Args, flag, integer, structure, text
from mailroom.ops.simulators.telegram.chats import Json
from mailroom.ops.simulators.telegram.entities import format_text
from mailroom.ops.simulators.telegram.errors import bad_request
from mailroom.ops.simulators.telegram.markup import check_markup, inline_part

from .call import Call, deliver, find_message, method, target_chat

QUESTION_CHARS_MAX = 300
OPTION_CHARS_MAX = 100
OPTIONS_MAX = 12
EXPLANATION_CHARS_MAX = 200
OPEN_SECONDS_MIN, OPEN_SECONDS_MAX = 5, 2_628_000


@method("sendPoll")
def send_poll(call: Call) -> Json:
    """A question with options to vote for."""
    question = _worded(call.args, "question", "question_")
    options = structure(call.args, "options")
    if not question["question"]:
        raise bad_request("poll question must be non-empty")
    if len(question["question"]) > QUESTION_CHARS_MAX:
        raise bad_request("poll question length must not exceed 300")
    if not isinstance(options, list) or not 1 <= len(options) <= OPTIONS_MAX:
        raise bad_request("poll must have at least 1 option")
    poll: Json = {
        "id": call.simulation.new_id(),
        **question,
        "options": [_option(option, number) for number, option in enumerate(options)],
        "total_voter_count": 0,
        "is_closed": flag(call.args, "is_closed"),
        "is_anonymous": flag(call.args, "is_anonymous") if "is_anonymous" in call.args else True,
        "type": text(call.args, "type", "regular"),
        "allows_multiple_answers": flag(call.args, "allows_multiple_answers"),
        "allows_revoting": flag(call.args, "allows_revoting"),
        "members_only": flag(call.args, "members_only"),
    }
    if poll["type"] == "quiz":
        poll |= _quiz(call.args, len(options))
    until = _open_until(call.args)
    message = deliver(call, target_chat(call), {"poll": poll | until})
    if until:
        seconds = until.get("open_period") or until["close_date"] - time.time()
        asyncio.get_running_loop().call_later(seconds, _end, call, message)
    return message


def _end(call: Call, message: Json) -> None:
    """The time of a poll is up: it closes, and the bot that sent it is told."""
    poll = message["poll"]
    if not poll["is_closed"] and call.bot.token in call.simulation.bots:
        poll["is_closed"] = True
        call.simulation.events.emit("edit", call.bot.token, message["chat"]["id"], {"message": message})
        call.bot.inbound.push({"poll": poll})


def _worded(args: Args, field: str, prefix: str) -> Json:
    """A text of a poll with its entities, under the names that it has in the poll."""
    shown, entities = format_text(
        text(args, field), text(args, f"{prefix}parse_mode"), structure(args, f"{prefix}entities")
    )
    return {field: shown, **({f"{prefix}entities": entities} if entities else {})}


def _option(given: Any, number: int) -> Json:
    worded = given if isinstance(given, dict) else {"text": str(given)}
    shown = _worded(worded, "text", "text_")
    if not 1 <= len(shown["text"]) <= OPTION_CHARS_MAX:
        raise bad_request("poll options must be non-empty and have at most 100 characters")
    return {**shown, "voter_count": 0, "persistent_id": str(number)}


def _quiz(args: Args, options: int) -> Json:
    right = structure(args, "correct_option_ids") or [integer(args, "correct_option_id", 0)]
    if not all(isinstance(one, int) and 0 <= one < options for one in right):
        raise bad_request("wrong correct option ID specified")
    quiz: Json = {"correct_option_ids": right, "correct_option_id": right[0]}
    if text(args, "explanation"):
        explained = _worded(args, "explanation", "explanation_")
        if len(explained["explanation"]) > EXPLANATION_CHARS_MAX:
            raise bad_request("poll explanation is too long")
        quiz |= explained
    return quiz


def _open_until(args: Args) -> Json:
    """When a poll closes by itself, in the one of two ways that the bot said it."""
    period, close_date = integer(args, "open_period", 0), integer(args, "close_date", 0)
    if period and close_date:
        raise bad_request("can't have both open period and close date")
    seconds = period or (close_date - int(time.time()) if close_date else 0)
    if seconds and not OPEN_SECONDS_MIN - 1 <= seconds <= OPEN_SECONDS_MAX:
        raise bad_request("poll can't be open that long")
    if period:
        return {"open_period": period}
    return {"close_date": close_date} if close_date else {}


@method("stopPoll")
def stop_poll(call: Call) -> Json:
    """Close a poll and return its result."""
    message = find_message(call, target_chat(call), "edit")
    if "poll" not in message:
        raise bad_request("message with poll to stop not found")
    if message["poll"]["is_closed"]:
        raise bad_request("poll has already been closed")
    message["poll"]["is_closed"] = True
    markup = inline_part(check_markup(structure(call.args, "reply_markup")))
    message.pop("reply_markup", None)
    if markup is not None:
        message["reply_markup"] = markup
    call.simulation.events.emit("edit", call.bot.token, message["chat"]["id"], {"message": message})
    poll: Json = message["poll"]
    return poll
