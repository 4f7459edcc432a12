-- journal: record the result of one call that a handler made, before the handler goes on (MBX R2). A record is a fact, whoever owns the chat
-- by now: it is kept while its message waits, or lies with the dead letters, and nothing else stands at its number. It commits nothing.
-- ARGV: token, chat, seq, trace of the message (numbers run again where Redis lost its data), call number, record
-- Returns {status}; status is ok | fenced. "fenced": it is recorded all the same, but whoever asks is not the owner any more.
local token, chat, seq, trace, number, record = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local id = chat .. ':' .. seq
allow_when_full()
local entry = waits(chat, seq)
if entry then
  if entry_trace(entry) == trace then redis.call('HSETNX', key('journal', id), number, record) end
else
  local letter = redis.call('HGET', key('dead'), id)
  if letter and string.find(letter, '"' .. trace .. '"', 1, true) then redis.call('HSETNX', key('deadlog', id), number, record) end
end
return {fenced(token) and 'fenced' or 'ok'}
