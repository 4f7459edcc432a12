-- back: a message that was taken for urgent and is not goes from the fast lane to its place in the box; its attempt was none (GRP G9).
-- ARGV: token, chat, seq
-- Returns {status}; status is ok | fenced | gone. "gone": it is not in the fast lane any more, on-call took it away or it went back before.
local chat, seq = ARGV[2], ARGV[3]
if fenced(ARGV[1]) then return {'fenced'} end
local entry = find(key('fast', chat), seq)
if not entry then return {'gone'} end
allow_when_full()
take(key('fast', chat), seq)
append(key('box', chat), entry, entry_order(entry))
local attempts, _, outages, since, parts = tried(chat, seq)
if attempts > 1 or outages > 0 then
  keep_tried(chat, seq, attempts - 1, '-', outages, since, parts)
else
  redis.call('HDEL', key('tries', chat), seq) -- not begun: nothing that stops what is begun may stop it
end
local _, fast = settle(chat)
measure(chat, redis.call('LLEN', key('box', chat)), fast)
return {'ok'}
