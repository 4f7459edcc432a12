heading = <b>Остатки</b>
row = { $mark } <code>{ $slug }</code>: свободно <b>{ $available }</b>, в заказах { $reserved }, продано { $sold }
help =
    Пополнить:
    • пришлите CSV документом с подписью /stock (колонки slug, kind, content; kind: code или link)
    • или один файл с подписью «/stock товар»: его получит один покупатель
added = ✅ Добавлено: { $count } ({ $products })
in_stock = ♻️ Уже на складе или проданы: { $count } (строки { $lines })
twice = 👯 Повторы внутри файла: { $count } (строки { $lines })
file_added = Файл на складе: { $slug }. Его получит один покупатель.
file_was_there = Такой файл для { $slug } уже есть.
ask_withdraw = Снять с продажи весь свободный остаток { $slug } ({ $items })? То, что уже в заказах, останется.
withdrawn =
    { $count ->
        [one] Снята { $count } единица.
        [few] Снято { $count } единицы.
       *[many] Снято { $count } единиц.
    }
how_to_withdraw = Напишите товар: /withdraw svetlitsa
csv_needs_caption =
    Что с этим файлом сделать? Пришлите его ещё раз с подписью:
    /stock: пополнить склад из таблицы
    «/stock товар»: продать сам файл
    /products: добавить или изменить товары
items =
    { $count ->
        [one] { $count } единица
        [few] { $count } единицы
       *[many] { $count } единиц
    }
button_withdraw = 📤 Снять остаток
button_withdraw_all = Да, снять
