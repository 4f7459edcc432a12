-- journal: record the result of one call that a handler made, before the handler goes on (MBX R2).
-- ARGV: epoch, chat, seq, call number, record
-- Returns {status}; status is ok | fenced.
if fenced(ARGV[1]) then return {'fenced'} end
allow_when_full()
redis.call('HSET', key('journal', ARGV[2] .. ':' .. ARGV[3]), ARGV[4], ARGV[5])
return {'ok'}
