categories =
    <b>Каталог</b>
    Выберите раздел:
categories_empty = Каталог пока пуст. Загляните позже.
category =
    <b>{ $title }</b>
    Всего: { $items }.
category_empty = В этом разделе сейчас ничего нет.
page = Страница { $number } из { $count }.
product =
    <b>{ $title }</b>

    { $description }

    Цена: { $price }
discount = 🏷 { $title }, { $percent }
from_quantity = От { $quantity } шт.: <b>{ $price }</b> за штуку, { $percent }
in_stock = В наличии: { $count }
last_one = Осталась последняя штука
sold_out = Сейчас нет в наличии. Загляните позже.
in_cart = В корзине: { $quantity } шт.
row = { $title } · { $price }
row_sold_out = { $title } · нет в наличии
gone_popup = Этот товар больше не продаётся.
sold_out_popup = Этот товар закончился.
only_left_popup = В наличии: { $count } шт. Больше взять не получится.
price_changed = Цена изменилась. Проверьте, пожалуйста.
button_categories = ↩️ Разделы
button_previous = ◀️ Предыдущие
button_next = Следующие ▶️
button_back = ↩️ Назад
button_add = ➕ В корзину
button_buy = ⚡️ Купить за { $price }
