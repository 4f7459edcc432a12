page =
    ⚠️ <b>A problem with order { $number }</b> ({ $status })
    { $name } · { $contact } · id <code>{ $user }</code>
    { $lines }

    { $said }

    { $state }
waits = The customer is waiting for an answer.
waits_not = Nobody is waiting for an answer.
said = { $at } <b>{ $who }</b>: { $text }
customer = Customer
heading =
    <b>Waiting for an answer: { $count }</b>
    Those who have waited longest come first.
none = Nobody is waiting for an answer.
row = Order { $number } · { $name } · { $text }
ask_answer = Write your answer to the customer of order { $number }; it will appear in their chat with the shop. Changed your mind? /cancel
answer_sent = ✅ Your answer was sent to the customer of order { $number }.
closed_popup = The problem with order { $number } is closed without an answer; the customer was not told.
button_complaint = ⚠️ The problem
button_answer = ✍️ Answer
button_close = ☑️ Close without an answer
button_order = 📦 The order
