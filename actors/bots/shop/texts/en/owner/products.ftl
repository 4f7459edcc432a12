heading = <b>Products</b>, page { $page } of { $pages }
row = { $mark } { $title } · { $price } · { $available } left
page =
    <b>{ $title }</b> (<code>{ $slug }</code>)
    { $titles }

    Price: <b>{ $price }</b>
    { $on_sale }
    Category: { $category }
    Supplier: { $supplier }
    Picture: { $picture }

    Available: <b>{ $available }</b>
    Reserved by orders: { $reserved }
    Sold: { $sold }
    Withdrawn: { $withdrawn }
dead = Did not work, replaced: { $dead }
on_sale = On sale
not_on_sale = Not on sale
hidden_category = { " " }(the category is hidden)
no_supplier = none
ask_price = { $title }: <b>{ $price }</b> now. Send the new price, such as 1490 or 1490.50. Changed your mind: /cancel
price_changed = Done: { $slug } costs <b>{ $after }</b>, it was { $before }.
price_same = { $slug } costs { $after } already.
how_to_price = Give the product and the price: /price svetlitsa 1490
now_on_sale = The product is on sale.
now_off_sale = The product is off sale.
has_picture = yes
has_no_picture = none
ask_picture = Send the picture of <code>{ $slug }</code>: a photo, or a JPEG or PNG file up to { $megabytes } MB. Never mind: /cancel
picture_put = This is how customers see { $slug }.
picture_dropped_popup = The picture is gone.
how_to_picture = Send a picture with the product's name below: /picture svetlitsa
needs_picture = Please send a picture: a photo, or a JPEG or PNG file. Never mind: /cancel
report = Products added: { $added }. Changed: { $changed }. Unchanged: { $same }.
help = To add or change products, send a CSV document with the caption /products. Columns: slug, category, title_ru, title_en, description_ru, description_en, price, currency, supplier, active.
button_price = 💰 Price
button_other_picture = 🖼 Another picture
button_add_picture = 🖼 Add a picture
button_picture_off = 🖼 Remove the picture
button_on_sale = ▶️ Put on sale
button_off_sale = ⏸ Take off sale
