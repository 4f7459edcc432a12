title = <b>Cart</b>
line =
    { $number }. { $title }
    { $quantity } × { $price } = { $total }
line_left = ⚠️ Only { $count } in stock
line_sold_out = ⚠️ Sold out
total = Total: <b>{ $total }</b>
total_discounted = Total: <s>{ $before }</s> <b>{ $total }</b>
from_balance = From your balance: −{ $amount }
to_pay = To pay: <b>{ $amount }</b>
balance_leaves = <i>A payment below { $amount } is not possible, so part of your balance stays with you.</i>
empty = Your cart is empty. Have a look at the catalogue!
cleared_popup = The cart is empty now.
added_popup = Added: { $title }. In your cart: { $quantity }
removed_popup = Removed from the cart.
not_in_cart_popup = This product is no longer in your cart.
too_many_lines_popup = A cart holds at most { $limit } different products.
too_many_of_one_popup = At most { $limit } of one product per order.
other_currency_popup = This product is priced in another currency. Please order it separately.
missing =
    { $count ->
        [one] { $count } product is no longer sold and was removed from your cart.
       *[other] { $count } products are no longer sold and were removed from your cart.
    }
short = We do not have that many. Take what is left, or remove some.
promo_works = 🏷 The promo code <code>{ $code }</code> is applied.
promo_other_goods = 🏷 The promo code <code>{ $code }</code> is valid, but for other goods.
promo_more_needed = 🏷 The promo code <code>{ $code }</code> works if you buy { $quantity } or more of one product.
promo_better_already = 🏷 You do not need the promo code <code>{ $code }</code>: your discount is already as good.
ask_promo = 🏷 Please send the promo code in your next message.
promo_malformed = That does not look like a promo code: it has 3 to 32 Latin letters, digits and hyphens. Please check it and send it again.
promo_unknown = There is no promo code <code>{ $code }</code>. Please check the spelling and send it again.
promo_not_yet = The promo code <code>{ $code }</code> is not valid yet. If you have another one, send it.
promo_used_up = The promo code <code>{ $code }</code> has been used up. If you have another one, send it.
promo_over = The promo code <code>{ $code }</code> has expired. If you have another one, send it.
promo_dropped_popup = Promo code removed.
button_checkout = ✅ Place the order
button_clear = 🗑 Clear
button_fit = Take what is left
button_promo = 🏷 Enter a promo code
button_drop_promo = ✖️ Without { $code }
button_use_balance = ⬜️ Use { $amount } of my balance
button_keep_balance = ☑️ Use { $amount } of my balance
button_back = ↩️ To the cart
