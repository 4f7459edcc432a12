report = <b>Upload: { $lines }</b>
report_bad = ⚠️ Not added: { $count }
report_bad_line = Line { $line }. { $problem }
report_more = { $count } more, all of them are in the file below.
report_ignored = These columns are not used and were skipped: { $columns }.
report_read_as = The file is not in UTF-8; it was read as { $encoding }. Please check that the letters are right.
bad_lines_file = line;problem
lines =
    { $count ->
        [one] { $count } line
       *[other] { $count } lines
    }
