-- begin: count an attempt at one message before its handler runs. To be repeated safely: the same id counts once.
-- ARGV: token, bot, chat, seq, id of the attempt
-- Returns {status, attempt, journal, outages, since_ms}; status is ok | fenced | suspended | behind | gone. "behind": another message stands
-- before it (MBX P1), whatever the owner was told or not told of. "gone": it is not in line any more, on-call took it away.
local token, bot, chat, seq, id = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if fenced(token) then return {'fenced'} end
if suspended(bot, chat) then return {'suspended'} end
local head = redis.call('LINDEX', key('box', chat), 0)
if not (head and entry_seq(head) == seq) and not find(key('fast', chat), seq) then
  return {find(key('box', chat), seq) and 'behind' or 'gone'}
end
allow_when_full()
local attempt, journal, outages, since = begin(chat, seq, id)
return {'ok', attempt, journal, outages, since}
