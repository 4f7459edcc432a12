"""Filling the stock from the chat, and taking things off sale."""

import pytest

from mailroom.actors.bots.shop.domain.item import ITEM_BYTES_MAX
from mailroom.actors.kit.owners.tables.text import TABLE_BYTES_MAX
from tests.actors.bots.shop.owner.selling import table

HEAD = ["slug", "kind", "content"]


def items(person, slug):
    return person.sql(
        "SELECT i.* FROM shop.stock_items AS i JOIN shop.products AS p ON p.id = i.product_id "
        "WHERE p.slug = $1 ORDER BY i.id",
        slug,
    )


def test_the_levels_are_shown_the_scarcest_first(olga):
    olga.writes("/stock")
    rows = [line for line in olga.sees.splitlines() if ": available " in line]
    assert rows[0].startswith("🔴")
    assert "🟢 orbit: available 2, reserved 0, sold 0" in rows
    assert "caption /stock" in olga.sees


def test_good_lines_are_taken_and_each_of_the_others_is_accounted_for(olga, vault):
    before = items(olga, "orbit")
    in_stock = vault.decrypt(before[0]["content"]).decode()
    rows = [
        ["orbit", "code", "NEW-1"], ["album", "link", "https://example.com/1"], ["orbit", "code", in_stock],
        ["orbit", "code", "NEW-1"], ["orbyt", "code", "X"], ["orbit", "key", "X"], ["orbit", "code", "NEW-2"],
    ]  # fmt: skip
    olga.sends_file(table(HEAD, *rows), "/stock")
    assert olga.sees == (
        "Upload: 7 lines\n"
        "✅ Added: 3 (album 1, orbit 2)\n"
        "♻️ In stock or sold already: 1 (lines 4)\n"
        "👯 Repeated in the file: 1 (lines 5)\n"
        "⚠️ Not added: 2\n"
        "Line 6. There is no product “orbyt”. Did you mean orbit? Look it up among the products.\n"
        "Line 7. The kind “key” is not known. Write code or link."
    )
    added = items(olga, "orbit")[len(before) :]
    assert [vault.decrypt(one["content"]) for one in added] == [b"NEW-1", b"NEW-2"]
    assert {one["added_by"] for one in added} == {f"Olga <b> (telegram {olga.id})"}


def test_a_russian_table_in_the_encoding_of_excel_gets_a_russian_report(oleg):
    text = "Товар;Вид;Значение\r\norbit;код;КЛЮЧ-1\r\norbit;файл;a.pdf\r\n"
    oleg.sends_file(text.encode("cp1251"), "/stock")
    assert oleg.sees.startswith("Загрузка: 2 строки\n✅ Добавлено: 1 (orbit 1)\nФайл не в UTF-8, он прочитан")
    assert (
        "прочитан как Windows-1251. Проверьте, правильно ли прочитались буквы.\n⚠️ Не добавлено: 1\n"
        "Строка 3. Файл" in oleg.sees
    )


def test_sold_goods_are_not_taken_a_second_time(olga, sells, vault):
    number = sells("orbit", 1)
    (sold,) = olga.sql("SELECT content FROM shop.stock_items WHERE order_id = $1", number)
    olga.sends_file(table(HEAD, ["orbit", "code", vault.decrypt(sold["content"]).decode()]), "/stock")
    assert "In stock or sold already: 1" in olga.sees


def test_an_upload_that_is_handled_again_after_a_crash_says_the_same_and_adds_nothing(olga):
    olga.sends_file(table(HEAD, ["orbit", "code", "NEW-1"], ["orbit", "code", "NEW-1"]), "/stock")
    first = olga.sees
    olga.repeats_after_crash()
    assert olga.sees == first
    assert "✅ Added: 1" in first
    assert len(items(olga, "orbit")) == 3
    assert len(olga.sql("SELECT * FROM shop.owner_log")) == 1


def test_many_bad_lines_come_back_as_a_file(olga):
    rows = [["orbit", "code", ""] for _ in range(30)]
    olga.sends_file(table(HEAD, *rows), "/stock")
    assert "⚠️ Not added: 30" in olga.sees
    assert "18 more, all of them are in the file below." in olga.sees
    (document,) = olga.telegram.documents
    lines = document.document.data.decode("utf-8-sig").splitlines()
    assert lines[0] == "line;problem"
    assert len(lines) == 31
    assert lines[30].startswith('31;"The column content is empty.')
    assert olga.sql("SELECT * FROM shop.owner_log") == []  # nothing was done


def test_what_is_for_sale_is_in_neither_the_report_nor_the_log(olga):
    olga.sends_file(table(HEAD, ["orbit", "code", "TOP-SECRET"], ["orbit", "kode", "TOP-SECRET-2"]), "/stock")
    (deed,) = olga.sql("SELECT * FROM shop.owner_log")
    assert "TOP-SECRET" not in olga.sees + str(dict(deed))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04...", "This is not a CSV table."),
        (b"slug;content\norbit;A", "There is no column kind."),
    ],
    ids=["empty", "excel", "column"],
)
def test_a_file_that_cannot_be_taken_is_refused_with_what_to_do(olga, data, words):
    olga.sends_file(data, "/stock", size=max(len(data), 1))
    assert olga.sees.startswith(f"Not done. {words}")


def test_a_table_that_is_too_large_is_not_even_fetched(olga):
    olga.sends_file(b"x", "/stock", size=TABLE_BYTES_MAX + 1)
    assert "The file is too large" in olga.sees
    assert olga.fetched() == 0


def test_a_file_is_sold_as_it_is_when_its_caption_names_a_product(olga, vault):
    olga.sends_file(b"\x89PNG...", "/stock fonts", name="../fonts one.zip")
    assert olga.sees == "The file is in stock: fonts. One buyer gets it."
    item = items(olga, "fonts")[-1]
    assert (item["kind"], item["file_name"]) == ("file", ".._fonts one.zip")
    assert vault.decrypt(item["content"]) == b"\x89PNG..."
    olga.sends_file(b"\x89PNG...", "/stock fonts", name="same.zip")
    assert olga.sees == "fonts has this file already."


def test_a_file_for_a_product_that_there_is_not_is_not_fetched(olga):
    olga.sends_file(b"x", "/stock fnts", name="a.zip")
    assert "Did you mean fonts?" in olga.sees
    olga.sends_file(b"x", "/stock fonts", name="a.zip", size=ITEM_BYTES_MAX + 1)
    assert "The file is too large" in olga.sees
    assert olga.fetched() == 0


def test_a_table_without_a_caption_is_asked_about(olga, stas):
    for person in (olga, stas):
        person.sends_file(table(HEAD), name="Stock.CSV")
        assert "What should be done with this file?" in person.sees
        assert person.fetched() == 0


def test_staff_may_fill_the_stock(stas):
    stas.sends_file(table(HEAD, ["orbit", "code", "NEW-1"]), "/stock")
    assert "✅ Added: 1" in stas.sees


def test_what_is_free_is_taken_off_sale_once_that_was_confirmed(olga, sells):
    held = sells("orbit", 1, pays=False)
    olga.writes("/withdraw orbit")
    assert olga.sees.startswith("Take all available stock of orbit off sale (1 item)?")
    assert olga.sql("SELECT * FROM shop.stock_items WHERE withdrawn_at IS NOT NULL") == []
    olga.presses("Yes, withdraw")
    assert olga.sees.startswith("1 item is off sale.")
    (left,) = olga.sql(
        "SELECT order_id FROM shop.stock_items AS i JOIN shop.products AS p ON p.id = i.product_id "
        "WHERE p.slug = 'orbit' AND withdrawn_at IS NULL"
    )
    assert left["order_id"] == held
    olga.repeats_after_crash()
    assert len(olga.sql("SELECT * FROM shop.owner_log")) == 1
