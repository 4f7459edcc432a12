heading = <b>Latest orders</b>
found = <b>Results for: { $text }</b>
none = There are no such orders.
row = Order { $number } · { $status } · { $total }
page =
    <b>Order { $number }</b>: { $status }
    { $date }, { $name }
    Contact: { $contact } · id <code>{ $user }</code>

    { $lines }

    Total: <b>{ $total }</b>
line = { $title }: { $quantity } × { $price }
promo = Promo code: { $code }
balance = From the balance: { $balance }
comment = Comment: { $comment }
payments = <b>Payment</b>
payment_line = { $provider }: { $total }, { $status }
payment_refund = ; refund of { $total }: { $status }
no_payments = There are no payments.
jobs = <b>Still to be done</b>
job_line = { $name }: { $state } (attempts: { $attempts })
no_jobs = Nothing is left to do for this order.
ask_refund = Refund <b>{ $total }</b> for order { $number }? This cannot be undone.
ask_refund_goods =
    { "" }
    The goods are not delivered yet: they can go back into stock, if the buyer has not seen them.
refund_to_payer = { $total } for order { $number } is being refunded. The buyer will be told when it is done.
refund_to_balance = { $total } for order { $number } is back on the buyer's balance.
how_to_find = Give a number or a name: /order 1042, /order Anna
how_to_refund = Give the number: /refund 1042
items =
    <b>The goods of order { $number }</b>
    { $rows }

    What does not work for the customer? The button sends them another one from stock at once; the old one is never sold again.
item_row = { $place }. { $title } · { $state }
item_sold = sold { $at }
item_dead = did not work, replaced { $at }
item_given = given instead { $at }
replaced = ✅ { $product }: the customer has another one.
button_refund = 💸 Refund
button_refund_money = Yes, refund { $total }
button_refund_goods = Refund, goods back into stock
button_replace = 🔁 Replace: { $title }
button_replace_one = 🔁 { $place }. { $title }
button_items = 🔁 Replace…
