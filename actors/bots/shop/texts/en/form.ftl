ask_contact =
    <b>Your order, step 1 of 3</b>
    Where should we send the receipt, and contact you if needed? An e-mail address or a phone number is best; if you need no receipt, a Telegram @username will do. We will remember it for next time.
bad_contact =
    This does not look like a phone number, a @username or an e-mail address. For example:
    +44 20 7946 0958, @username or name@example.com
ask_comment =
    <b>Your order, step 2 of 3</b>
    Add a comment (up to { $limit } characters) or skip this step.
comment_too_long = The comment is too long: { $length } characters, the limit is { $limit }. Please shorten it.
summary =
    <b>Your order, step 3 of 3</b>

    { $bill }

    { $about }

    By confirming you accept the terms of sale: /terms

    Is everything right?
contact = Contact: { $contact }
comment = Comment: { $comment }
no_comment = none
changed = The order has changed in the meantime. Please check it again.
promo_gone = The promo code { $code } is no longer valid; these are the prices without it.
confirm_needs_button = Please confirm the order with the button below, change your details or cancel.
needs_text = Plain text is needed here: a picture, sticker or file will not do.
left = Checkout is interrupted, your cart is kept.
cancelled = Checkout is cancelled. Your cart is kept.
nothing_to_cancel = There is nothing to cancel: you are not placing an order.
no_username_popup = Your Telegram profile has no username. Please type a contact.
closed_popup = This checkout is already closed. Cart: /cart, orders: /orders
button_use_contact = Use { $contact }
button_skip = Skip
button_confirm = ✅ Confirm
button_change = ✏️ Change
button_cancel = ✖️ Cancel
