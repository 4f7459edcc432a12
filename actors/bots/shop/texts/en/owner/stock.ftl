heading = <b>Stock</b>
row = { $mark } <code>{ $slug }</code>: available <b>{ $available }</b>, reserved { $reserved }, sold { $sold }
help =
    To add stock:
    • send a CSV document with the caption /stock (columns slug, kind, content; kind is code or link)
    • or one file with the caption “/stock product”: one buyer gets it
added = ✅ Added: { $count } ({ $products })
in_stock = ♻️ In stock or sold already: { $count } (lines { $lines })
twice = 👯 Repeated in the file: { $count } (lines { $lines })
file_added = The file is in stock: { $slug }. One buyer gets it.
file_was_there = { $slug } has this file already.
ask_withdraw = Take all available stock of { $slug } off sale ({ $items })? What orders have reserved stays.
withdrawn =
    { $count ->
        [one] { $count } item is off sale.
       *[other] { $count } items are off sale.
    }
how_to_withdraw = Give the product: /withdraw svetlitsa
csv_needs_caption =
    What should be done with this file? Send it again with a caption:
    /stock: fill the stock from a table
    “/stock product”: sell the file itself
    /products: add or change products
items =
    { $count ->
        [one] { $count } item
       *[other] { $count } items
    }
button_withdraw = 📤 Withdraw stock
button_withdraw_all = Yes, withdraw
