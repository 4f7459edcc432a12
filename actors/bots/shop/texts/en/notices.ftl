supplier_sold =
    🛒 Sold, order { $number }:
    { $lines }
supplier_returned =
    ↩️ The money for order { $number } is being refunded to the customer:
    { $lines }
supplier_replaced =
    🔁 Did not work and was replaced from stock, order { $number }:
    { $lines }
refund_waits = ⚠️ Order { $number }: { $provider } is not refunding { $money } for now ({ $words }). It is tried again in the coming days; see whether there is enough on the shop's account.
refund_lost = ⚠️ Order { $number }: the refund of { $money } through { $provider } has not reached the buyer ({ $words }). The money is with the shop again. If the order was refunded, it will be tried again.
back_twice = ⚠️ Order { $number }: { $money } more went to the buyer than was paid. See the payment's refunds in the dashboard of { $provider }, and the buyer's balance.
inquiry = ⚠️ Order { $number }: the buyer's bank asks about the payment of { $money } ({ $words }). The money is still with the shop.{ $until }
dispute = ⚠️ Order { $number }: the buyer's bank disputes { $money } ({ $words }), and keeps them until it has decided.{ $until }
dispute_won = ✅ Order { $number }: the dispute about { $money } was decided for the shop.
dispute_lost = ⚠️ Order { $number }: the dispute about { $money } is lost, the money has been taken ({ $words }).{ $order }
until = { " " }Answer in the dashboard of { $provider } by { $date }.
order_is_over = { " " }The order is closed as refunded, bonuses are revoked.
payment =
    { "" }
    Payment { $payment }.
owed =
    ⚠️ Order { $number }: { $money } cannot be refunded through { $provider } ({ $words }).
    { $what }
    Payment { $payment }, reason for the refund: { $why }.
credited = The sum was put on the customer's balance.
by_hand = A balance cannot hold this currency: please refund it by hand.
nobodys = The customer's data was deleted, and with it the balance: please refund it by hand.
why =
    .too_late = paid too late, the goods were gone
    .twice = the order had been paid for already
    .mismatch = another sum was paid
    .owner = the shop decided so
description = Order { $number }
