categories =
    <b>Catalogue</b>
    Choose a category:
categories_empty = The catalogue is empty for now. Please check back later.
category =
    <b>{ $title }</b>
    { $items } in total.
category_empty = There is nothing in this category at the moment.
page = Page { $number } of { $count }.
product =
    <b>{ $title }</b>

    { $description }

    Price: { $price }
discount = 🏷 { $title }, { $percent }
from_quantity = { $quantity } or more: <b>{ $price }</b> each, { $percent }
in_stock = In stock: { $count }
last_one = Last one in stock
sold_out = Sold out for now. Please check back later.
in_cart = In your cart: { $quantity }
row = { $title } · { $price }
row_sold_out = { $title } · sold out
gone_popup = This product is no longer sold.
sold_out_popup = This product is sold out.
only_left_popup = In stock: { $count }. That is all we have.
price_changed = The price has changed. Please check it.
button_categories = ↩️ Categories
button_previous = ◀️ Previous
button_next = Next ▶️
button_back = ↩️ Back
button_add = ➕ Add to cart
button_buy = ⚡️ Buy now for { $price }
