"""`mailroom chat`: one chat, all there is to know of it; and its head of the line taken out of the way."""

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from mailroom.ops.cli.consent import NotDoneError, WrongUsageError, confirm
from mailroom.ops.cli.oncall_client import OnCallClient, open_client
from mailroom.ops.cli.options import Config, Data, OnCallJson, Why, Yes

if TYPE_CHECKING:
    from mailroom.supervisors.oncall.oncall import OnCall
    from mailroom.supervisors.oncall.reports import ChatReport, Suspension

EXAMPLE = (
    "\b\nExamples:\n  mailroom chat mybot 123\n  mailroom chat mybot:-100123 --json"
    '\n  mailroom chat mybot 123 --skip --why "poison, see mailroom tree --errors"'
)


class ChatCommand(TyperCommand):
    """Takes the number of a group, which begins with a minus, for what it is and not for an option."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the number last, behind the mark that ends the options."""
        number = next((each for each in args if re.fullmatch(r"-\d{2,}", each)), None)
        if number is not None and "--" not in args:
            args = [*(each for each in args if each != number), "--", number]
        return super().parse_args(ctx, args)


def chat(
    bot: Annotated[
        str, typer.Argument(help="The bot's name in the settings, such as mybot; or BOT:CHAT_ID at once.")
    ],
    chat_id: Annotated[
        str | None, typer.Argument(help="Telegram's number of the chat.", show_default=False)
    ] = None,
    why: Why = None,
    seq: Annotated[
        int | None, typer.Option("--seq", min=1, help="With --skip: this message and not the first.")
    ] = None,
    config: Config = None,
    data: Data = None,
    *,
    skip: Annotated[
        bool, typer.Option("--skip", help="Move the first message in line to the dead letters.")
    ] = False,
    yes: Yes = False,
    as_json: OnCallJson = False,
) -> None:
    """Show one chat: what waits, what works on it, what holds it up.

    Changes nothing, except with --skip: then the message that holds up the others goes to the dead letters,
    where `mailroom dead` shows, edits and requeues it. --why and --yes are for --skip.
    """
    with open_client(config, data, as_json=as_json) as client:
        address = _address(bot, chat_id)
        if skip:
            _skip(client, address, seq, why, yes=yes)
            return
        if seq is not None or why is not None or yes:
            raise WrongUsageError("--seq, --why and --yes go with --skip; without it nothing is changed.")
        report, suspension = client.ask(lambda oncall: _look(oncall, address))

        def for_people() -> None:
            from mailroom.ops.cli.chat_page import print_chat

            print_chat(report, suspension)

        from mailroom.ingress.ops.plain import plain

        client.show(plain(report) | {"suspension": plain(suspension)}, for_people)


def _address(bot: str, chat_id: str | None) -> str:
    name, colon, number = bot.partition(":")
    if chat_id is not None and not colon:
        number = chat_id
    elif chat_id is not None or not colon:
        number = ""
    if not name or not number.strip():
        raise WrongUsageError("Give the chat as BOT CHAT_ID or BOT:CHAT_ID, such as: mailroom chat mybot 123")
    return f"{name}:{number}"


async def _look(oncall: "OnCall", address: str) -> "tuple[ChatReport, Suspension | None]":
    report = await oncall.look.chat(address)
    held = (each for each in await oncall.look.suspensions() if each.target == report.suspended)
    return report, next(held, None)


def _skip(client: OnCallClient, address: str, seq: int | None, why: str | None, *, yes: bool) -> None:
    by = client.by(why)
    if not yes:
        seq = _confirmed(client, address, seq)
    client.act(lambda oncall: oncall.letters.skip(address, by, seq=seq))


def _confirmed(client: OnCallClient, address: str, seq: int | None) -> int:
    """Ask about the very message that will go: by the time of the answer another may be first in line."""
    from mailroom.ops.cli.chat_page import head_in_words

    report = client.ask(lambda oncall: oncall.look.chat(address))
    found = (each for each in report.waiting if seq is None or each.seq == seq)
    message = next(found, None)
    if message is None and seq is None:
        raise NotDoneError(f"Nothing waits in {address}: there is nothing to skip.")
    if message is not None:
        seq, named = message.seq, head_in_words(message)
    else:
        assert seq is not None
        named = f"message {seq}"  # further back than the report reaches: it is looked for below
    confirm(f"Move {named} of {address} to the dead letters?", yes=False)
    return seq
