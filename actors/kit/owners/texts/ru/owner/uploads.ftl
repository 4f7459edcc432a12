report = <b>Загрузка: { $lines }</b>
report_bad = ⚠️ Не добавлено: { $count }
report_bad_line = Строка { $line }. { $problem }
report_more = Ещё { $count }, все они в файле ниже.
report_ignored = Эти колонки не нужны и пропущены: { $columns }.
report_read_as = Файл не в UTF-8, он прочитан как { $encoding }. Проверьте, правильно ли прочитались буквы.
bad_lines_file = line;problem
lines =
    { $count ->
        [one] { $count } строка
        [few] { $count } строки
       *[many] { $count } строк
    }
