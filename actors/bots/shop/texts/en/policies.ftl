terms =
    <b>Terms of sale</b>

    1. The shop sells digital goods: codes, links and files. The page of a product says what you get.

    2. The price of an order is fixed from the moment you confirm it. The goods are reserved for you for { $minutes }. If the order is not paid by then, it is closed and you owe nothing.

    3. What you buy arrives in the chat as soon as it is paid for. You can see it again at any time: /orders

    4. A payment that comes too late, twice or with the wrong amount goes back to where it came from. Where that is impossible, it is added to your balance in the shop.

    5. If something is wrong with the goods, open the order (/orders) or write to the shop: you get a replacement or your money back.

    6. Bonuses for what your friends buy are added to your balance. You can pay for orders with it, but not cash it out. If a friend's money is refunded, the bonus is taken back.

    Your data: /privacy
seller =
    { "" }

    Seller: { $seller }
privacy =
    <b>Your data</b>

    What the shop keeps, and why:
    • your name, language and Telegram number, to answer you;
    • your contact, if you have left one: for the receipt, and to reach you about an order;
    • orders and payments: to deliver what you buy, to refund it and to keep the books;
    • what you wrote to the shop about problems with orders: to answer it;
    • who invited whom, and your balance: for bonuses. Your first name and the first letter of your last name are shown among the best customers of the month;
    • your cart, and where you are in the chat.{ $consultant }

    Who else sees it: the payment service gets the amount, the content and the number of the order, the number of the chat, and the contact for the receipt. A supplier learns what was sold, but not to whom. Card details are entered at the payment service, and the shop never sees them.

    For how long: until you delete it. Technical records of deliveries disappear by themselves within a week, those of failures within 90 days.

    You can turn off news: /settings. Terms of sale: /terms
privacy_consultant =
    { "" }
    • a summary of your talk with the consultant. Your questions are read by a language model, which knows neither your name nor your contact.
ask =
    <b>Delete your data?</b>

    This will be gone: your name, language, contact, cart, talk with the consultant, what was written about orders, your link and who came by it, your balance, your place among the best customers, your settings.

    This stays for the books: orders, that is what was sold, when and for how much. Without your name, contact and Telegram number.

    You will no longer be able to see here what you bought. Save it first: /orders
ask_balance = 💰 Your balance is { $amount }. It will be lost: you can spend it first.
ask_awaiting = ⏳ Not paid yet, will be cancelled: { $orders }.
ask_unfinished = 📦 Not finished yet: { $orders }. First you get the goods or your money, and only then the data is deleted.
asked_waits = All right. Your data will be deleted as soon as these orders are finished: { $orders }. Then you will get one last message.
button_terms = 📄 Terms of sale
button_privacy = 🔐 My data
