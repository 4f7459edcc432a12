placed = ✅ <b>Order { $number } received</b>
page = <b>Order { $number }</b>, { $date }: { $status }
promo = Promo code: { $code }
reserved = The goods are reserved for you for { $minutes }.
still_reserved = The goods are reserved for you for another { $minutes }.
choose_payment = How would you like to pay? By paying you accept the terms of sale: /terms
pay_below = The button below opens the payment page. Your goods arrive in this chat by themselves, usually within a minute of the payment.
no_money_moves = This is a test payment: no money will be charged.
by_hand = We will write to you about payment. All orders: /orders
paid = Paid, thank you! Your goods will arrive in this chat any moment now.
delivered = Your goods have been delivered. You can see them again at any time.
expired = The time to pay is over, and the goods are on sale again. If you did pay, your money is safe: you will get the goods or a refund.
canceled = The order is cancelled, and the goods are on sale again.
refunding = Your money for this order is on its way back.
refunded = Your money for this order has been returned.
title = <b>My orders</b>
empty = No orders yet.
row =
    <b>Order { $number }</b>, { $date }: { $status }
    { $items } for { $total }
items =
    { $count ->
        [one] { $count } item
       *[other] { $count } items
    }
minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
providers =
    .yookassa = YooKassa
    .aaio = AAIO
    .stripe = Stripe
unknown_popup = You have no such order.
already_waiting_popup = This order is already awaiting payment.
too_many_waiting_popup = Three of your orders are awaiting payment. Pay for one or cancel it first: /orders
provider_down_popup = { $provider } is not taking payments right now. Please try again in a minute.
provider_down_choose_popup = { $provider } is not taking payments right now. Please try again in a minute or choose another way.
provider_refused_popup = { $provider } did not accept this payment. Your order is kept: choose another way to pay, or write to us.
not_offered_popup = This order cannot be paid that way.
asked_popup = We are checking with { $provider }. If the payment went through, your goods will be here in a minute.
nothing_to_ask_popup = Please choose how to pay first: there is no payment page for this order yet.
canceled_popup = The order is cancelled.
not_canceled_popup = This order can no longer be cancelled.
closed_popup = This order is no longer awaiting payment.
goods_gone_popup = There is nothing to show for this order at the moment.
button_open = Order { $number } · { $total } · { $status }
button_pay = 💳 { $provider }
button_pay_at = 💳 Pay { $amount } with { $provider }
button_have_paid = ✅ I have paid
button_other_way = ↩️ Another way
button_cancel = ✖️ Cancel the order
button_goods = 🎁 Show my goods
button_orders = 📦 All orders
