"""A person's chat with the bot, or a group it is in: what they do there, and what the bot has said."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from mailroom.ops.simulators.fields import ControlError
from mailroom.ops.simulators.telegram.chats import Chat as Room
from mailroom.ops.simulators.telegram.files import Upload
from mailroom.ops.simulators.telegram.media_kinds import photo_sizes
from mailroom.ops.simulators.telegram.pictures import blank
from mailroom.ops.testing.errors import NoButtonError, NothingThereError
from mailroom.ops.testing.sent import Answers, Button, Sent, buttons_in, buttons_of
from mailroom.ops.testing.service import Service
from mailroom.ops.testing.state import State

File = bytes | tuple[str, bytes]
"""A file that somebody sends: its bytes, or its name and its bytes."""
_groups = count(1)


class Chat:
    """A chat. Whatever is done in it returns once nothing goes on any more, with what the bot did in it
    since.
    """

    def __init__(self, service: Service, id_: int, person: Mapping[str, Any], title: str = "") -> None:
        self._service = service
        self.id = id_
        self.person = dict(person)
        """The person as Telegram describes them; of a group, its first member."""
        self.title = title

    def __repr__(self) -> str:
        return f"<chat of {self.name}>" if self.id > 0 else f"<group {self.title!r}>"

    # ---- what people do ----

    def send(
        self, text: str, *, by: "Chat | None" = None, reply_to: "Sent | None" = None, **more: Any
    ) -> Answers:
        """Somebody writes. `more` are further fields of a Telegram message."""
        return self._write({"text": text, **self._reply(reply_to), **more}, by)

    def photo(self, content: bytes = b"", caption: str = "", *, by: "Chat | None" = None) -> Answers:
        """Somebody sends a photo; without `content` a blank one."""
        return self._write({**self._file("photo", content or blank()), **_caption(caption)}, by)

    def document(self, name: str, content: bytes, caption: str = "", *, by: "Chat | None" = None) -> Answers:
        """Somebody sends a file."""
        return self._write({**self._file("document", (name, content)), **_caption(caption)}, by)

    def file(self, kind: str, file: File = b"-", caption: str = "", *, by: "Chat | None" = None) -> Answers:
        """Somebody sends a file of another kind: `video`, `voice`, `audio`, `animation`, `video_note`,
        `sticker`.
        """
        return self._write({**self._file(kind, file), **_caption(caption)}, by)

    def album(
        self, *files: File, kind: str = "photo", caption: str = "", by: "Chat | None" = None
    ) -> Answers:
        """Somebody sends several files at once; the caption is under the first."""
        group = f"album-{next(_groups)}"
        parts = [{**self._file(kind, file), "media_group_id": group} for file in files]
        parts[0].update(_caption(caption))
        return self._write_all(parts, by)

    def contact(self, phone: str, *, by: "Chat | None" = None) -> Answers:
        """Somebody shares their own telephone number."""
        who = by or self
        shared = {"phone_number": phone, "first_name": who.name, "user_id": who.person["id"]}
        return self._write({"contact": shared}, by)

    def location(self, latitude: float, longitude: float, *, by: "Chat | None" = None) -> Answers:
        """Somebody shares where they are."""
        return self._write({"location": {"latitude": latitude, "longitude": longitude}}, by)

    def tap(self, label: str, *, by: "Chat | None" = None) -> Answers:
        """Somebody presses a button, by its label or a part of it that no other label has. Of several
        messages the newest that has it counts. Raises `NoButtonError`.
        """
        button, message_id = self._button(label)
        who = by or self
        match button.kind:
            case "data":
                return self._tapped(button.data, message_id, who)
            case "text":
                return self.send(button.text, by=by)
            case "pay":
                return self.pay(by=by)
            case "contact":
                return self.contact("+10005550100", by=by)
            case "location":
                return self.location(55.75, 37.62, by=by)
        raise NoButtonError(f"{button} leads elsewhere, and the bot hears nothing of it: see its `url`")

    def tap_data(self, data: str, *, message: Sent | None = None, by: "Chat | None" = None) -> Answers:
        """Somebody sends the data of a button that is not there, or not any more: whoever forges it can."""
        ids = [message.message_id] if message else list(self._room.messages)
        if not ids or ids[-1] is None:
            raise NothingThereError(f"there is no message yet in the {self!r} whose button this could be")
        return self._tapped(data, ids[-1], by or self)

    def edit(self, text: str, message_id: int | None = None, *, by: "Chat | None" = None) -> Answers:
        """Somebody changes the last message of theirs, or the one of that id."""
        person = (by or self).person["id"]
        mine = [
            id_ for id_, one in self._room.messages.items() if one["from"]["id"] == person and "text" in one
        ]
        if message_id is None and not mine:
            raise NothingThereError(
                f"there is nothing to edit in the {self!r}: {(by or self).name} wrote nothing"
            )
        return self._done(
            lambda: self._telegram.people.edit(self._telegram.bot, self.id, message_id or mine[-1], text)
        )

    def pay(self, invoice: Sent | None = None, *, by: "Chat | None" = None) -> Answers:
        """Somebody pays the newest invoice here, or this one or the one of its link: the bot is asked first,
        and where it agrees is told of the payment.
        """
        who = by or self
        key = f"{self.id}/{invoice.message_id}" if invoice else self._newest_invoice()
        return self._done(
            lambda: self._telegram.people.pay(self._telegram.bot, self.id, self._user(who), key)
        )

    def pay_link(self, link: str, *, by: "Chat | None" = None) -> Answers:
        """Somebody pays by a link that the bot has made."""
        key = link.rpartition("$")[2]
        return self._done(
            lambda: self._telegram.people.pay(self._telegram.bot, self.id, self._user(by or self), key)
        )

    def block(self, *, blocked: bool = True) -> Answers:
        """The person blocks the bot, or takes that back."""
        return self._done(lambda: self._telegram.people.block(self._telegram.bot, self.id, blocked=blocked))

    def vote(self, poll: Sent, *options: int, by: "Chat | None" = None) -> Answers:
        """Somebody votes."""
        return self._done(
            lambda: self._telegram.people.vote(
                self._telegram.bot, self.id, self._user(by or self), poll.message_id or 0, list(options)
            )
        )

    def update(self, kind: str, **content: Any) -> Answers:
        """Any update at all, as Telegram would make it: `chat.update("inline_query", query="tea",
        offset="")`. Chat and person are filled in.
        """
        now = int(self._service.clock.now().timestamp())
        chat = {"chat": self._room.info, "date": now} if kind in _IN_A_CHAT else {}
        given = {"from": self._user(self), **chat, **content}
        return self._done(lambda: self._telegram.people.inject(self._telegram.bot, {kind: given}))

    # ---- what the bot did ----

    @property
    def sent(self) -> Answers:
        """What the bot has sent to this chat, and changed in it, in order."""
        return Answers(one.sent for one in self._telegram.made if one.shown and one.chat_id == self.id)

    @property
    def texts(self) -> list[str]:
        """What it has said here."""
        return self.sent.texts

    @property
    def last(self) -> Sent:
        """What it sent last. Raises `NothingThereError` where it has sent nothing."""
        if not (sent := self.sent):
            raise NothingThereError(f"the bot has sent nothing to the {self!r}")
        return sent[-1]

    @property
    def calls(self) -> Answers:
        """All calls it made for this chat: chat actions, deletions and answers to taps among them."""
        return Answers(one.sent for one in self._telegram.made if one.chat_id == self.id)

    @property
    def popups(self) -> list[str]:
        """What taps were answered with, where that was a text."""
        return [one.text for one in self.calls if one.method == "answerCallbackQuery" and one.text]

    @property
    def shown(self) -> list[str]:
        """The texts of the bot as they are in the chat now: changed, and without those that were deleted."""
        bot = self._telegram.bot.id
        return [
            str(one.get("text") or one.get("caption") or "")
            for one in self._room.messages.values()
            if one["from"]["id"] == bot
        ]

    @property
    def labels(self) -> list[str]:
        """What can be tapped now: the buttons of the newest message that has any, then those of the
        keyboard.
        """
        messages = list(self._inline())
        rows = messages[-1][1] if messages else ()
        return [one.text for one in (*buttons_in(rows), *buttons_in(buttons_of(self._room.keyboard)))]

    # ---- what the bot remembers ----

    @property
    def state(self) -> str | None:
        """The state its conversation is in, as aiogram writes it: `Form:name`."""
        return self._state.get_state()

    @state.setter
    def state(self, state: Any) -> None:
        self._state.set_state(state)

    @property
    def data(self) -> dict[str, Any]:
        """What its conversation holds; to change it, give it another one."""
        return self._state.get_data()

    @data.setter
    def data(self, data: Mapping[str, Any]) -> None:
        self._state.set_data(data)

    @property
    def name(self) -> str:
        """What the person is called."""
        return str(self.person["first_name"])

    @property
    def language(self) -> str:
        """What language their Telegram speaks."""
        return str(self.person["language_code"])

    # ---- inside ----

    @property
    def _telegram(self) -> Any:
        return self._service.telegram

    @property
    def _room(self) -> Room:
        room: Room = self._telegram.bot.book.chat(self.id, self._user(self) if self.id > 0 else None)
        if self.title:
            room.info["title"] = self.title
        return room

    @property
    def _state(self) -> State:
        return State(self._service, self.id, self.person["id"])

    def _user(self, who: "Chat") -> dict[str, Any]:
        user: dict[str, Any] = self._telegram.bot.book.user(
            who.person["id"], first_name=who.name, language_code=who.language
        )
        user.update(who.person)
        return user

    def _write(self, content: dict[str, Any], by: "Chat | None") -> Answers:
        __tracebackhide__ = True
        return self._write_all([content], by)

    def _write_all(self, contents: Sequence[dict[str, Any]], by: "Chat | None") -> Answers:
        __tracebackhide__ = True
        who = by or self
        _ = self._room

        def write() -> None:
            for content in contents:
                dated = {"date": int(self._service.clock.now().timestamp()), **content}
                self._telegram.people.write(self._telegram.bot, self.id, self._user(who), dated)

        return self._done(write)

    def _done(self, deed: Any) -> Answers:
        __tracebackhide__ = True
        before = len(self._telegram.made)

        async def do() -> None:
            deed()

        try:
            self._service.run(do)
        except ControlError as error:
            raise NothingThereError(f"in the {self!r}: {error}") from None
        self._service.settle()
        since = self._telegram.made[before:]
        return Answers(one.sent for one in since if one.shown and one.chat_id == self.id)

    def _tapped(self, data: str, message_id: int, who: "Chat") -> Answers:
        return self._done(
            lambda: self._telegram.people.tap(
                self._telegram.bot, self.id, self._user(who), message_id, data, force=True
            )
        )

    def _file(self, kind: str, file: File) -> dict[str, Any]:
        name, content = file if isinstance(file, tuple) else ("", file)
        stored = self._telegram.simulation.files.add(kind, Upload(name or f"{kind}.bin", "", content))
        if kind == "photo":
            return {"photo": photo_sizes(stored)}
        named = {"file_name": name} if name else {}
        return {kind: {"file_id": stored.file_id, "file_unique_id": stored.unique_id, **named}}

    def _reply(self, to: Sent | None) -> dict[str, Any]:
        return {"reply_to_message": dict(to.message)} if to is not None else {}

    def _newest_invoice(self) -> str:
        for id_ in reversed(self._room.messages):
            if (key := f"{self.id}/{id_}") in self._telegram.bot.invoices:
                return key
        raise NothingThereError(f"there is no invoice in the {self!r}; the bot has said {self.texts}")

    def _inline(self) -> Iterable[tuple[int, tuple[tuple[Button, ...], ...]]]:
        for id_, message in self._room.messages.items():
            if rows := buttons_of(message.get("reply_markup")):
                yield id_, rows

    def _button(self, label: str) -> tuple[Button, int]:
        places = [(rows, id_) for id_, rows in self._inline()]
        if keyboard := buttons_of(self._room.keyboard):
            places.append((keyboard, 0))
        for fits in (lambda text: text == label, lambda text: label in text):
            for rows, id_ in reversed(places):
                found = [one for one in buttons_in(rows) if fits(one.text)]
                if len(found) > 1 and len({one.text for one in found}) > 1:
                    raise NoButtonError(f"{label!r} could be any of {found}: say more of its label")
                if found:
                    return found[0], id_
        there = "; ".join(" ".join(map(repr, buttons_in(rows))) for rows, _ in reversed(places))
        raise NoButtonError(
            f"there is no button {label!r} in the {self!r}."
            + (
                f" There are, newest message first: {there}"
                if there
                else f" There is none at all; {self.texts}"
            )
        )


_IN_A_CHAT = frozenset(
    {"message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member", "chat_member"}
    | {"chat_join_request", "message_reaction", "message_reaction_count"}
)


def _caption(caption: str) -> dict[str, str]:
    return {"caption": caption} if caption else {}
