heading = <b>Товары</b>, страница { $page } из { $pages }
row = { $mark } { $title } · { $price } · { $available } шт.
page =
    <b>{ $title }</b> (<code>{ $slug }</code>)
    { $titles }

    Цена: <b>{ $price }</b>
    { $on_sale }
    Раздел: { $category }
    Поставщик: { $supplier }
    Картинка: { $picture }

    Свободно: <b>{ $available }</b>
    В заказах: { $reserved }
    Продано: { $sold }
    Снято: { $withdrawn }
dead = Не работало и заменено: { $dead }
on_sale = В продаже
not_on_sale = Не продаётся
hidden_category = { " " }(раздел скрыт)
no_supplier = нет
ask_price = { $title }: сейчас <b>{ $price }</b>. Напишите новую цену, например 1490 или 1490,50. Передумали: /cancel
price_changed = Готово: { $slug } стоит <b>{ $after }</b>, было { $before }.
price_same = Цена { $slug } и так { $after }.
how_to_price = Напишите товар и цену: /price svetlitsa 1490
now_on_sale = Товар в продаже.
now_off_sale = Товар снят с продажи.
has_picture = есть
has_no_picture = нет
ask_picture = Пришлите картинку для <code>{ $slug }</code>: фото или файл JPEG или PNG до { $megabytes } МБ. Передумали: /cancel
picture_put = Так { $slug } увидят покупатели.
picture_dropped_popup = Картинки больше нет.
how_to_picture = Пришлите картинку с подписью и названием товара: /picture svetlitsa
needs_picture = Сейчас нужна картинка: фото или файл JPEG или PNG. Передумали: /cancel
report = Добавлено товаров: { $added }. Изменено: { $changed }. Без изменений: { $same }.
help = Чтобы добавить или изменить товары, пришлите CSV документом с подписью /products. Колонки: slug, category, title_ru, title_en, description_ru, description_en, price, currency, supplier, active.
button_price = 💰 Цена
button_other_picture = 🖼 Другая картинка
button_add_picture = 🖼 Добавить картинку
button_picture_off = 🖼 Убрать картинку
button_on_sale = ▶️ В продажу
button_off_sale = ⏸ Снять с продажи
