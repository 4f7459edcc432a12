page =
    <b>Цифры: { $period }</b>
    { $dates } (UTC)
periods =
    .today = сегодня
    .yesterday = вчера
    .week = 7 дней
    .month = 30 дней
orders =
    Заказов: <b>{ $placed }</b>
    Оплачено: { $paid }
    Доставлено: { $delivered }
    Возвращено: { $refunded }
    Конверсия: { $conversion }
money = Выручка: <b>{ $net }</b>
no_money = Выручки пока нет.
refunds = { " " }(получено { $paid }, возвращено { $refunded })
balance =
    { "" }
    Оплачено с баланса: { $balance }
top = <b>Лучше всего продаётся</b>
top_line = { $title }: { $sold } шт., { $total }
model = Консультант: обращений к модели { $calls }, стоимость { $cost }
no_conversion = нет заказов
