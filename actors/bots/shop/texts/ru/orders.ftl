placed = ✅ <b>Заказ № { $number } принят</b>
page = <b>Заказ № { $number }</b> от { $date }: { $status }
promo = Промокод: { $code }
reserved = Товары отложены для вас на { $minutes }.
still_reserved = Товары отложены для вас ещё на { $minutes }.
choose_payment = Как вам удобнее заплатить? Оплачивая, вы принимаете условия продажи: /terms
pay_below = Кнопка ниже откроет страницу оплаты. Покупки придут в этот чат сами, обычно в течение минуты после оплаты.
no_money_moves = Это тестовая оплата: деньги не спишутся.
by_hand = Мы напишем вам, чтобы договориться об оплате. Все заказы: /orders
paid = Оплачено, спасибо! Покупки придут в этот чат с минуты на минуту.
delivered = Покупки доставлены. Посмотреть их снова можно в любой момент.
expired = Время на оплату вышло, и товары снова в продаже. Если вы всё же успели заплатить, деньги не пропадут: вы получите покупку или возврат.
canceled = Заказ отменён, товары снова в продаже.
refunding = Возвращаем вам деньги за этот заказ.
refunded = Деньги за этот заказ вернулись к вам.
title = <b>Мои заказы</b>
empty = Заказов пока нет.
row =
    <b>№ { $number }</b> от { $date }: { $status }
    { $items } на { $total }
items =
    { $count ->
        [one] { $count } товар
        [few] { $count } товара
       *[many] { $count } товаров
    }
minutes =
    { $count ->
        [one] { $count } минуту
        [few] { $count } минуты
       *[many] { $count } минут
    }
providers =
    .yookassa = ЮKassa
    .aaio = AAIO
    .stripe = Stripe
unknown_popup = Такого заказа у вас нет.
already_waiting_popup = Этот заказ уже ждёт вашей оплаты.
too_many_waiting_popup = Три ваших заказа уже ждут оплаты. Оплатите или отмените один из них: /orders
provider_down_popup = { $provider } сейчас не принимает оплату. Попробуйте ещё раз через минуту.
provider_down_choose_popup = { $provider } сейчас не принимает оплату. Попробуйте ещё раз через минуту или выберите другой способ.
provider_refused_popup = { $provider }: этот платёж не приняли. Заказ сохранён: выберите другой способ оплаты или напишите нам.
not_offered_popup = Так оплатить этот заказ нельзя.
asked_popup = Проверяем оплату ({ $provider }). Если она прошла, покупки придут сюда в течение минуты.
nothing_to_ask_popup = Сначала выберите, как заплатить: страницы оплаты для этого заказа ещё нет.
canceled_popup = Заказ отменён.
not_canceled_popup = Этот заказ уже нельзя отменить.
closed_popup = Этот заказ больше не ждёт оплаты.
goods_gone_popup = Покупок этого заказа здесь сейчас нет.
button_open = № { $number } · { $total } · { $status }
button_pay = 💳 { $provider }
button_pay_at = 💳 Оплатить { $amount } через { $provider }
button_have_paid = ✅ Уже оплачено
button_other_way = ↩️ Другой способ
button_cancel = ✖️ Отменить заказ
button_goods = 🎁 Показать покупки
button_orders = 📦 Все заказы
