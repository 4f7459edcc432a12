heading = <b>Последние заказы</b>
found = <b>Найдено по запросу: { $text }</b>
none = Таких заказов нет.
row = № { $number } · { $status } · { $total }
page =
    <b>Заказ № { $number }</b>: { $status }
    От { $date }, { $name }
    Контакт: { $contact } · id <code>{ $user }</code>

    { $lines }

    Итого: <b>{ $total }</b>
line = { $title }: { $quantity } × { $price }
promo = Промокод: { $code }
balance = С баланса: { $balance }
comment = Комментарий: { $comment }
payments = <b>Оплата</b>
payment_line = { $provider }: { $total }, { $status }
payment_refund = ; возврат { $total }: { $status }
no_payments = Платежей нет.
jobs = <b>Ещё выполняется</b>
job_line = { $name }: { $state } (попыток: { $attempts })
no_jobs = Все действия по заказу выполнены.
ask_refund = Вернуть <b>{ $total }</b> за заказ № { $number }? Это нельзя отменить.
ask_refund_goods =
    { "" }
    Товар ещё не доставлен: можно вернуть его на склад, если покупатель его не видел.
refund_to_payer = Возвращаем { $total } за заказ № { $number }. Покупатель узнает, когда деньги уйдут.
refund_to_balance = { $total } за заказ № { $number } снова на балансе покупателя.
how_to_find = Напишите номер или имя: /order 1042, /order Анна
how_to_refund = Напишите номер: /refund 1042
items =
    <b>Товары заказа № { $number }</b>
    { $rows }

    Что не работает у покупателя? Кнопка сразу отправит ему такой же товар со склада; прежний больше никогда не продаётся.
item_row = { $place }. { $title } · { $state }
item_sold = продан { $at }
item_dead = не работал, заменён { $at }
item_given = выдан на замену { $at }
replaced = ✅ { $product }: покупатель получил другой экземпляр.
button_refund = 💸 Вернуть деньги
button_refund_money = Да, вернуть { $total }
button_refund_goods = Вернуть, товар на склад
button_replace = 🔁 Заменить: { $title }
button_replace_one = 🔁 { $place }. { $title }
button_items = 🔁 Заменить…
