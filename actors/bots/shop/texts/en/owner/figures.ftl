page =
    <b>Figures: { $period }</b>
    { $dates } (UTC)
periods =
    .today = today
    .yesterday = yesterday
    .week = 7 days
    .month = 30 days
orders =
    Orders: <b>{ $placed }</b>
    Paid: { $paid }
    Delivered: { $delivered }
    Refunded: { $refunded }
    Conversion: { $conversion }
money = Revenue: <b>{ $net }</b>
no_money = No revenue yet.
refunds = { " " }(received { $paid }, refunded { $refunded })
balance =
    { "" }
    Paid from balances: { $balance }
top = <b>Best sellers</b>
top_line = { $title }: { $sold }, { $total }
model = Consultant: model calls { $calls }, cost { $cost }
no_conversion = no orders
