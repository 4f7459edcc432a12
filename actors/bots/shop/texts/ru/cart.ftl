title = <b>Корзина</b>
line =
    { $number }. { $title }
    { $quantity } × { $price } = { $total }
line_left = ⚠️ В наличии только { $count } шт.
line_sold_out = ⚠️ Закончился
total = Итого: <b>{ $total }</b>
total_discounted = Итого: <s>{ $before }</s> <b>{ $total }</b>
from_balance = С баланса: −{ $amount }
to_pay = К оплате: <b>{ $amount }</b>
balance_leaves = <i>Меньше { $amount } платёжная система не принимает: часть баланса остаётся у вас.</i>
empty = Корзина пуста. Загляните в каталог!
cleared_popup = Корзина очищена.
added_popup = Добавлено: { $title }. В корзине { $quantity } шт.
removed_popup = Убрано из корзины.
not_in_cart_popup = Этого товара в корзине уже нет.
too_many_lines_popup = В корзине может быть не больше { $limit } разных товаров.
too_many_of_one_popup = Не больше { $limit } шт. одного товара в заказе.
other_currency_popup = Цена этого товара в другой валюте. Оформите его отдельным заказом.
missing =
    { $count ->
        [one] { $count } товар больше не продаётся и убран из корзины.
        [few] { $count } товара больше не продаются и убраны из корзины.
       *[many] { $count } товаров больше не продаются и убраны из корзины.
    }
short = Столько товаров сейчас нет. Возьмите, сколько есть, или уберите лишнее.
promo_works = 🏷 Промокод <code>{ $code }</code> действует.
promo_other_goods = 🏷 Промокод <code>{ $code }</code> действует, но на другие товары.
promo_more_needed = 🏷 Промокод <code>{ $code }</code> сработает при покупке от { $quantity } шт. одного товара.
promo_better_already = 🏷 Промокод <code>{ $code }</code> не нужен: сейчас скидка и так не меньше.
ask_promo = 🏷 Пришлите промокод следующим сообщением.
promo_malformed = Это не похоже на промокод: в нём от 3 до 32 латинских букв, цифр и дефисов. Проверьте и пришлите ещё раз.
promo_unknown = Промокода <code>{ $code }</code> у нас нет. Проверьте, нет ли опечатки, и пришлите ещё раз.
promo_not_yet = Промокод <code>{ $code }</code> ещё не начал действовать. Есть другой? Пришлите.
promo_used_up = Промокод <code>{ $code }</code> уже использован максимальное число раз. Есть другой? Пришлите.
promo_over = Срок промокода <code>{ $code }</code> истёк. Есть другой? Пришлите.
promo_dropped_popup = Промокод убран.
button_checkout = ✅ Оформить заказ
button_clear = 🗑 Очистить
button_fit = Взять, сколько есть
button_promo = 🏷 Ввести промокод
button_drop_promo = ✖️ Без промокода { $code }
button_use_balance = ⬜️ Списать с баланса { $amount }
button_keep_balance = ☑️ Списать с баланса { $amount }
button_back = ↩️ В корзину
