-- leap: leave out $1 numbers of every identity column that is ours to set; one that would end by it stays where it is
SELECT setval(numbers.seqrelid::regclass, coalesce(pg_sequence_last_value(numbers.seqrelid::regclass), numbers.seqstart) + $1)
FROM pg_sequence AS numbers
JOIN pg_depend AS column_of
    ON column_of.objid = numbers.seqrelid AND column_of.classid = 'pg_class'::regclass AND column_of.deptype = 'i'
WHERE
    has_sequence_privilege(numbers.seqrelid, 'UPDATE')
    AND coalesce(pg_sequence_last_value(numbers.seqrelid::regclass), numbers.seqstart) + $1 < numbers.seqmax / 2;
