"""What an owner is refused is said in words, in the chat and in the console."""

import asyncio
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace

import pytest

from mailroom.actors.kit import owners
from mailroom.actors.kit.owners.faults import PriceFault, TableFault, TellingFault
from mailroom.actors.kit.owners.in_words import InWords
from mailroom.actors.kit.owners.languages import in_language
from mailroom.actors.kit.owners.problems import problem
from mailroom.actors.kit.owners.refusals import refuse, wrong
from mailroom.actors.kit.owners.roles import named_by
from mailroom.actors.kit.owners.texts import OWNER_FOLDER
from mailroom.actors.kit.owners.texts.broadcasts import BroadcastTexts
from mailroom.actors.kit.owners.texts.refusals import RefusalTexts
from mailroom.actors.kit.owners.texts.shared import SharedTexts
from mailroom.actors.kit.owners.texts.uploads import UploadTexts
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Proof
from mailroom.actors.texts.declared import declared_in
from mailroom.actors.texts.reading import read_texts
from tests.actors.kit.owners.hall import TEXTS, HallTexts

KIT = Path(owners.__file__).parent


class Fault(StrEnum):
    NO_SEAT = "no_seat"
    TAKEN = "taken"
    BAD_ROW = "bad_row"


async def asked_of(fault):
    in_words = InWords(lambda wrong: f"Sorry: {wrong.fault}.", {Fault.NO_SEAT}, {Fault.TAKEN})

    @in_words
    async def ask(_room, _visit, _asked):
        raise refuse(fault)

    await ask(None, None, None)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.NO_SEAT, "absent"),
        (Fault.TAKEN, "conflict"),
        (Fault.BAD_ROW, "bad"),
        (TellingFault.UNKNOWN_BROADCAST, "absent"),
        (TellingFault.BROADCAST_MOVED_ON, "conflict"),
        (TableFault.MISSING, "bad"),
    ],
)
def test_the_console_is_answered_what_kind_of_a_refusal_it_is(fault, kind):
    with pytest.raises(Problem) as answered:
        asyncio.run(asked_of(fault))
    assert (answered.value.code, answered.value.wrong) == (fault.value, kind)
    assert answered.value.says == f"Sorry: {fault}."


def test_every_fault_of_the_kit_has_its_words_and_every_word_is_of_a_fault():
    assert set(declared_in(RefusalTexts)) == {one.value for one in (*TableFault, *PriceFault, *TellingFault)}


def test_nothing_is_wrong_with_what_the_kit_says_to_owners():
    assert TEXTS.faults() == []


def test_the_words_of_the_room_come_first_and_the_nearest_name_in_a_sentence_of_its_own():
    own = SimpleNamespace(
        no_seat=lambda *, name, near: f"There is no seat {name}.{near} Look again.",
        missing="It is empty.",
    )
    shared, kit = TEXTS["en"].shared, TEXTS["en"].refusals

    def said(fault, **values):
        return problem(wrong(fault, **values), shared, own, kit)

    assert said(Fault.NO_SEAT, name="A1", near="A2") == "There is no seat A1. Did you mean A2? Look again."
    assert said(Fault.NO_SEAT, name="A1", near="") == "There is no seat A1. Look again."
    assert said(TableFault.MISSING, column="row") == "It is empty."
    assert said(TableFault.FILE_EMPTY).startswith("The file is empty.")


def test_a_role_is_of_those_whom_the_options_name_by_telegrams_number():
    named = {"owner": {1, 2}, "usher": {2, 3}}
    proofs = {
        number: frozenset({Proof("telegram", f"tg:{number}"), Proof("code", "phone:+1")})
        for number in range(1, 5)
    }
    assert [sorted(named_by(proofs[one], named)) for one in range(1, 5)] == [
        ["owner"], ["owner", "usher"], ["usher"], [],
    ]  # fmt: skip
    assert named_by(frozenset({Proof("code", "phone:+1")}), named) == frozenset()


@pytest.mark.parametrize(
    ("reader", "language", "said"),
    [
        ("ru", "ru", "по-русски"),
        ("en", "ru", "in Russian"),
        ("ru", "de", "немецкий"),
        ("en", "pt-BR", "Portuguese (Brazil)"),
        ("en", "zz-none", "zz-none"),
    ],
)
def test_a_language_is_named_in_that_of_the_reader_whichever_there_are(reader, language, said):
    assert in_language(TEXTS[reader].shared, language) == said


def test_all_that_the_kit_says_to_owners_is_said_somewhere():
    sources = "".join(file.read_text() for file in KIT.rglob("*.py") if "texts" not in file.parts)
    of_faults = {one.value for one in (*TableFault, *PriceFault, *TellingFault)}
    for texts in (SharedTexts, BroadcastTexts, UploadTexts, RefusalTexts):
        for name in declared_in(texts).keys() - of_faults:
            by_rooms = name in ("report", "lines", "not_done", "button_previous", "button_next")
            by_rooms = by_rooms or name == "button_broadcasts"
            assert by_rooms or f".{name}" in sources, f"nobody says {texts.__name__}.{name}"


def test_a_room_adds_a_language_to_the_kit_by_a_file_and_what_it_lacks_is_said_in_the_default_one(tmp_path):
    (tmp_path / "de" / "owner").mkdir(parents=True)
    (tmp_path / "de" / "owner" / "broadcasts.ftl").write_text("left = Übrig: { $left }\n")
    texts = read_texts(HallTexts, OWNER_FOLDER, default="en", theme="owner", over=tmp_path)
    assert texts.languages == ("de", "en")  # those of the room, and the default
    assert texts["de"].broadcasts.left(left=3) == "Übrig: 3"
    assert texts["de"].broadcasts.failed(count=1) == "Not delivered: 1"
    assert texts["de"].shared.button_back == "↩️ Back"
