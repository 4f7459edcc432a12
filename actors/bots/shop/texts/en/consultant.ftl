thinking = One moment, let me see what would suit you…
unavailable = The consultant is not answering right now. Catalogue, cart and orders work as always. The button below asks the same question again.
used_up = I have answered all the questions I can for today and will be back tomorrow. Catalogue, cart and orders are right here:
found = Here is what we have for your question:
found_alone = The consultant is not answering right now, but here is what the catalogue has for your question:
nothing_found = I have no good answer to that. Tell me in other words what you are looking for, or have a look at the catalogue.
orders = All your orders, payments and purchases are here: /orders
cart = Your cart is here: /cart
help = How everything works is explained here: /help. And I am glad to help you choose: just write what you are looking for.
chat = Hello! I help to choose software, games and courses from our catalogue. Tell me what you need, and I will find something for you.
price = • <b>{ $title }</b>: { $price }
price_discounted = • <b>{ $title }</b>: { $price } instead of <s>{ $before }</s>, { $discount }
price_from = , from { $quantity } pcs { $price } each
promo = , with the promo code { $code }: { $price }
sold_out = • <b>{ $title }</b>: sold out at the moment
in_stock = . In stock: { $count }
no_discount = . No discounts at the moment
described =
    { "" }
    { $about }
total = <b>{ $title }</b>: { $quantity } × { $price } = { $total }
cheapest = The least expensive here is <b>{ $title }</b>.
offer =
    🧾 <b>{ $title }</b>
    { $quantity } × { $price } = <b>{ $total }</b>
offer_gone = There are not that many of it left.
promo_good = The promo code is valid; it is entered in the cart.
promo_bad = This promo code is not valid.
prices_fixed = Prices and discounts are set by the shop, and I cannot change them.
delivery = Your goods arrive in this chat by themselves as soon as the order is paid: /orders
payment = You choose how to pay when you have confirmed the order; never pay to me.
terms = Refunds are for the owner of the shop to decide, not for me. Your orders are here: /orders
owner = I cannot pass anything on, but how everything works is explained here: /help
not_here = We have nothing like that in the shop. Tell me what you need it for, and I will look around.
cut = That is a long message: I have read the first { $limit } characters.
asked_already_popup = This question was asked again already, or is too old. Please write it once more.
button_again = 🔁 Ask again
button_pay = 💳 Buy for { $total }
button_catalogue = 🛍 Catalogue
button_menu = 🏠 Menu
instead = this one
