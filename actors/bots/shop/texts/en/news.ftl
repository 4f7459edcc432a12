delivered = 🎁 <b>Order { $number } is paid. Here are your goods:</b>
goods_again = 🎁 <b>The goods of order { $number }</b>
file = 📎 file { $name }
long_code = 📎 in the file { $name }
dead = <s>{ $code }</s> (replaced)
dead_file = 📎 <s>file { $name }</s> (replaced)
thanks = Thank you! You can see all this again at any time: /orders
expired =
    ⌛️ The time to pay for order { $number } is over, and the goods are on sale again. Would you still like them? Just order once more, it takes a minute.

    If you have paid already, your money is safe: you will get the goods or a refund.
refund_too_late = 😔 Your payment for order { $number } reached us after the time to pay was over, and somebody else had bought the goods. We are sorry about that.
refund_twice = Order { $number } was paid for twice, and once is enough. Sorry for the trouble.
refund_mismatch = What was paid for order { $number } is not what it costs, so we cannot take that payment. Sorry for the trouble.
refund_owner = We have cancelled your order { $number }. We are sorry about that.
refund_under_way = We are returning { $amount } to where you paid from, and will write when it is done.
refund_over = We have returned { $amount } to where you paid from. Your bank will show it within a few days.
refund_to_balance = { $amount } has been added to your balance: use it for your next order.
receipt = 🧾 <b>Receipt for order { $number }</b>
receipt_paid = Paid on { $date }: { $amount }, { $provider }
bonus = 🎉 <b>A bonus of { $amount }</b> has been added to your balance.
bonus_friend = Your friend { $friend } has bought something. Thank you for telling others about us!
bonus_further = Somebody whom your friend { $friend } invited has bought something. Thank you for telling others about us!
