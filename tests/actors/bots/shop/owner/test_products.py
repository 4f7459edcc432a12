"""Products from the chat: prices, on sale or not, many at once."""

from tests.actors.bots.shop.owner.selling import table

HEAD = ["slug", "category", "title_ru", "title_en", "description_ru", "description_en", "price", "currency",
        "supplier", "active"]  # fmt: skip


def product(person, slug):
    rows = person.sql("SELECT * FROM shop.products WHERE slug = $1", slug)
    return rows[0] if rows else None


def test_all_products_can_be_paged_through_and_opened(olga):
    seen = []
    olga.writes("/products")
    while True:
        seen += [data for data in olga.buttons().values() if data.startswith("admp:")]
        if "▶️" not in olga.buttons():
            break
        olga.presses("▶️")
    (count,) = olga.sql("SELECT count(*) FROM shop.products")
    assert len(set(seen)) == len(seen) == count["count"]
    olga.presses_data(seen[0])
    assert "Lumen: photo editor (svetlitsa)" in olga.sees
    assert "Price: ₽2,490\nOn sale\nCategory: photo\nSupplier: demo-keys" in olga.sees


def test_a_price_is_changed_by_command_exactly(olga, oleg):
    olga.writes("/price Svetlitsa 1 990,50")
    assert olga.sees == "Done: svetlitsa costs ₽1,990.50, it was ₽2,490."
    assert product(olga, "svetlitsa")["price_minor"] == 199_050
    oleg.writes("/price svetlitsa 1990,50")
    assert oleg.sees.startswith("Цена svetlitsa и так 1\u00a0990,50")
    olga.writes("/price svetlitsa 20 USD")
    assert (product(olga, "svetlitsa")["price_minor"], product(olga, "svetlitsa")["currency"]) == (
        2_000,
        "USD",
    )


REFUSED = [
    ("/price", "Give the product and the price"),
    ("/price svetlitsa", "Give the product and the price"),
    ("/price svetlitsa 1,490", "RUB has 2 decimals, not more"),
    ("/price svetlitsa 0", "a price is more than nothing"),
    ("/price svetlitsa cheap now", "does not look like a price"),
    ("/price svetltsa 5", "Did you mean svetlitsa?"),
    ("/price <b> 5", "There is no product “<b>”"),
]


def test_a_price_that_cannot_be_taken_changes_nothing(olga):
    for wish, words in REFUSED:
        olga.writes(wish)
        assert words in olga.sees
    assert product(olga, "svetlitsa")["price_minor"] == 249_000
    assert olga.sql("SELECT * FROM shop.owner_log") == []


def test_a_price_is_asked_for_and_may_be_written_again(olga):
    olga.writes("/admin")
    olga.presses("Products")
    olga.presses("Lumen: photo editor")
    olga.presses("Price")
    assert "svetlitsa: ₽2,490 now" in olga.sees
    olga.writes("a lot")
    assert "does not look like a price" in olga.sees
    olga.sends(sticker={"file_id": "1", "file_unique_id": "1", "type": "regular", "width": 1, "height": 1,
                        "is_animated": False, "is_video": False})  # fmt: skip
    assert "A text is needed now" in olga.sees
    olga.writes("1490")
    assert olga.sees == "Done: svetlitsa costs ₽1,490, it was ₽2,490."
    olga.repeats_after_crash()
    assert olga.sees == "Done: svetlitsa costs ₽1,490, it was ₽2,490."
    assert len(olga.sql("SELECT * FROM shop.owner_log")) == 1
    olga.writes("990")
    assert product(olga, "svetlitsa")["price_minor"] == 149_000


def test_whatever_else_is_done_the_next_text_is_no_price(olga):
    for way_out in ("/cancel", "/start", "/stock", "/admin", "button"):
        olga.writes("/products")
        olga.presses("Lumen: photo editor")
        olga.presses("Price")
        if way_out == "button":
            olga.presses("Back")
        else:
            olga.writes(way_out)
        olga.writes("1")
        assert product(olga, "svetlitsa")["price_minor"] == 249_000, way_out


def test_a_product_is_taken_off_sale_and_put_back(olga, ann):
    olga.writes("/products")
    olga.presses("Lumen: photo editor")
    card = olga.newest
    olga.presses("Take off sale")
    assert olga.popup == "The product is off sale."
    assert "Not on sale" in olga.sees
    ann.adds("planer")
    ann.presses_data(f"card:{product(olga, 'svetlitsa')['id']}:0")
    assert "no longer sold" in ann.popup
    olga.presses("Put on sale", card)
    assert product(olga, "svetlitsa")["active"]


def test_products_are_added_and_changed_by_a_table_and_bad_lines_are_named(olga):
    rows = [
        ["harbour", "games", "Гавань", "Harbour", "Порт.", "A port.", "899,50", "RUB", "demo-keys", ""],
        ["planer", "work", "Планёр 2", "Glider 2", "", "", "1490", "RUB", "", "no"],
        ["tower", "gamse", "Б", "T", "", "", "1", "RUB", "", ""],
        ["tower", "games", "Б", "T", "", "", "1.234", "RUB", "", ""],
    ]
    olga.sends_file(table(HEAD, *rows), "/products", name="products.csv")
    assert olga.sees == (
        "Upload: 4 lines\nProducts added: 1. Changed: 1. Unchanged: 0.\n⚠️ Not added: 2\n"
        "Line 4. There is no category “gamse”. Did you mean games? Add the category first.\n"
        "Line 5. 1.234: RUB has 2 decimals, not more. Correct the price."
    )
    harbour = product(olga, "harbour")
    assert (harbour["price_minor"], harbour["currency"], harbour["active"]) == (89_950, "RUB", True)
    assert harbour["supplier_id"] is not None
    assert (product(olga, "planer")["title_en"], product(olga, "planer")["active"]) == ("Glider 2", False)
    assert product(olga, "tower") is None
    olga.repeats_after_crash()
    assert "Products added: 1. Changed: 1." in olga.sees
    olga.sends_file(table(HEAD, *rows[:2]), "/products")
    assert "Products added: 0. Changed: 0. Unchanged: 2." in olga.sees


def test_staff_may_look_at_products_and_not_change_them(stas):
    stas.writes("/products")
    stas.presses("Lumen: photo editor")
    assert set(stas.buttons()) == {"🔄 Refresh", "↩️ Back"}
    stas.sends_file(table(HEAD), "/products")
    assert stas.sees == "Only an owner of the shop may do this."
    assert stas.fetched() == 0
