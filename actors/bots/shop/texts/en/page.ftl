shop = Shop
cart = Cart
orders = My orders
orders_short = Orders
search = Find a product
all = All
categories = Categories
found =
    { $count ->
        [one] { $count } product
       *[other] { $count } products
    }
nothing_found = Nothing found for “{ $text }”
nothing_found_hint = Try another word, or have a look at all categories.
show_all = Show everything
nothing_on_sale = Nothing here yet
nothing_on_sale_hint = New products are on their way. Please come back a little later!
add = Add to cart
add_one = Add to cart: { $title }
more = One more: { $title }
less = One less: { $title }
sold_out = Sold out
left = { $count } left
delivery = Yours right after payment, in the chat and on this page.
from_count = { $count } or more { $share }
discounts = Discounts
from_each =
    { $count ->
        [one] each
       *[other] each, { $count } or more
    }
close = Close
go_to_cart =
    { $count ->
        [one] Cart · { $count } item
       *[other] Cart · { $count } items
    }
many_lines = A cart holds at most { $count } different products.
many_of_one = At most { $count } of one product per order.
empty_cart = Your cart is empty
empty_cart_hint = Choose something in the catalogue, and you will find it here.
to_catalogue = To the catalogue
remove = Remove from the cart: { $title }
gone = No longer sold
other_currency = Priced in another currency: please order it separately
only_left =
    { $count ->
        [0] Just sold out
        [one] Only { $count } left
       *[other] Only { $count } left
    }
take = Take { $count }
drop = Remove
each = { $price } each
promo = Promo code
promo_apply = Apply
promo_remove = Remove the promo code
promo_says =
    .works = The promo code is applied.
    .other_goods = The promo code is valid, but for other goods.
    .better_already = You do not need the promo code: your discount is already as good.
    .unknown = There is no such promo code. Please check the spelling.
    .not_yet = The promo code is not valid yet.
    .used_up = The promo code has been used up.
    .over = The promo code has expired.
promo_more_needed = The promo code works if you buy { $count } or more of one product.
balance = Pay with your balance: { $money }
contact = E-mail or phone for the receipt
contact_hint = Optional. Your goods arrive in the chat and on this page.
sum = Subtotal
discount = Discount
from_balance = From your balance
total = Total
to_pay = To pay
order = Place the order · { $money }
order_free = Order with your balance
counting = Calculating…
ordering = Placing the order…
order_number = Order { $number }
no_orders = No orders yet
no_orders_hint = Your orders and the codes you buy will be here.
items =
    { $count ->
        [one] { $count } item
       *[other] { $count } items
    }
story =
    .awaiting_payment = The goods are reserved for you. Pay, and they are yours at once.
    .paid = Thank you! Your payment has arrived, and your goods are on their way…
    .delivered = Thank you for your purchase! It is all yours: here and in the chat with the bot.
    .expired = The time to pay is over, and the goods are on sale again. If you did pay, your money is safe: you will get the goods or a refund.
    .canceled = The order is cancelled, and the goods are on sale again.
    .refunding = Your money is on its way. It usually takes minutes, sometimes a few days: that depends on your bank.
    .refunded = Your money has been returned. We would be glad to see you again!
time_is_up = The time to pay is over. Checking whether a payment has arrived…
held = Reserved for you for another { $time }
how_to_pay = How to pay
test_payment = a test payment, no money will be charged
by_hand = We will write to you in the chat with the bot about payment.
pay = Pay { $money }
opening_pay = Opening the payment…
watching = Already paid? This page updates by itself.
pay_again = Open the payment page again
cancel = Cancel the order
cancel_sure = Cancel the order? The goods will be on sale again.
yes_cancel = Yes, cancel it
keep = No, keep it
again = Order again
again_done = The goods are in your cart again.
complaint = A problem with this order
complaint_begin = ⚠️ Problem with this order
complaint_more = Write again
complaint_ask = What is wrong? The owner of the shop will see it together with the order, and answer here and in the chat.
complaint_send = Send
complaint_leave = Never mind
complaint_sent = The owner of the shop has it.
complaint_waits = The shop knows about it and will answer soon: here and in the chat.
by_you = You
by_shop = The shop
dead = Replaced
goods = Your goods
copy = Copy
copied = Copied
copy_failed = Could not copy: please select the code by hand.
open = Open
download = Download
file_in_chat = The file is in the chat with the bot.
goods_in_chat = Your goods are in the chat with the bot.
promo_of_order = Promo code { $code }
close_shop = Close the shop
outside = The shop opens in Telegram
outside_hint = Open the chat with the bot and press the shop button.
outside_paid = Order { $number }: checking the payment
outside_paid_hint = If you have paid, your goods arrive in the chat with the bot in Telegram. You can close this page.
to_chat = Open the chat
terms = Terms of sale
privacy = Your data
policy_in_chat = To delete your data or do without news, write /privacy or /settings in the chat with the bot.
by_ordering = By ordering you accept the terms of sale.
lost = No connection to the shop. Trying again…
demo_other = Switch customer
