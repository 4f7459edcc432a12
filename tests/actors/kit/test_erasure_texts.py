"""What the kit says of a deletion: in its own languages whole, in a room's as far as the room says it."""

from mailroom.kit import ERASURE_FOLDER, ErasureTexts
from mailroom.texts import read_texts


def read(over=None):
    return read_texts(ErasureTexts, ERASURE_FOLDER, default="en", theme="erasure", over=over)


def test_nothing_is_wrong_with_the_files_of_the_kit():
    assert [str(fault) for fault in read().faults()] == []
    assert set(read().languages) == {"en", "ru"}


def test_a_room_adds_a_language_and_other_words_by_files_and_what_it_leaves_out_is_said_by_the_kit(tmp_path):
    for language, said in (("de", "erased = Alles ist weg."), ("en", "asked = Right away.")):
        (tmp_path / language).mkdir()
        (tmp_path / language / "erasure.ftl").write_text(f"{said}\n", encoding="utf-8")
    texts = read(tmp_path)
    assert set(texts.languages) == {"de", "en"}, "the room's"
    assert texts["de"].erased == "Alles ist weg."
    assert texts["de"].ask_sure == read()["en"].ask_sure
    assert texts["en"].asked == "Right away."
    assert texts["en"].erased == read()["en"].erased
