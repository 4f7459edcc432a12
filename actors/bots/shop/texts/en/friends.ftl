title = 🤝 <b>Friends</b>
bonus = Share your link: { $percent } of everything a friend buys is added to your balance.
bonus_further = And another { $percents } of what their friends buy.
no_bonus = Share the shop with your friends. There is no bonus for it now, but they will thank you.
link =
    Your link:
    { $link }
level_first = Friends
level_second = Friends of friends
level_further = Level { $level }
level_row = { $name }: { $count }
earned = Earned: { $amount }
balance = Your balance: <b>{ $amount }</b>. You can use it in the cart.
balance_empty = Your balance is empty so far.
nothing = nothing yet
share = A shop of digital goods: what you buy arrives right in the chat
top = 🏆 <b>Best customers of { $month }</b>
top_row = { $place } { $name }: { $spent }, { $orders }
top_mine = <b>{ $row } (you)</b>
top_outside = You are number { $place }: { $spent }, { $orders }
top_empty = Nobody has bought anything this month yet. First place is free!
nobody = A customer
orders =
    { $count ->
        [one] { $count } order
       *[other] { $count } orders
    }
months =
    .n1 = January
    .n2 = February
    .n3 = March
    .n4 = April
    .n5 = May
    .n6 = June
    .n7 = July
    .n8 = August
    .n9 = September
    .n10 = October
    .n11 = November
    .n12 = December
button_share = 📨 Share the link
button_copy = 📋 Copy the link
