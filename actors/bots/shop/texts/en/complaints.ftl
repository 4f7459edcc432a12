ask =
    <b>What is wrong with order { $number }?</b>

    Tell us in your own words, in one message or several. The owner of the shop will see them together with the order, and answer in this chat. There is no need to send codes or passwords.
ask_more =
    <b>A problem with order { $number }</b>

    The shop knows about it and will answer soon. Whatever you write now is added to what you have told us.
said = { $who }: { $text }
you = You
shop = The shop
taken =
    ✅ The owner of the shop has it. The answer will come here.

    Anything to add? Just write it.
added = ✅ Added to your message about order { $number }. The answer will come here.
cut = That is a long message: the first { $limit } characters were passed on. Please send the rest in another one.
too_many = The shop already has many messages from you about this order. Please wait for the answer: it will come here.
not_now_popup = This order has not been paid for, so there is nothing to report yet.
needs_text = Please describe in words what is wrong. Changed your mind? /cancel
left = All right, nothing more will be passed on.
answer =
    💬 <b>The shop answers about order { $number }</b>

    { $text }
replaced =
    🔁 <b>A replacement in order { $number }</b>
    Here is another one for what did not work:
button = ⚠️ Problem with this order
button_write = ✍️ Reply
button_done = Done
button_order = 📦 Order { $number }
button_leave = Never mind
