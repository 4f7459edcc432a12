-- park: a message must wait because Telegram said so; the waiting is not an attempt, and it survives a restart (MBX R4).
-- ARGV: epoch, chat, seq, until in ms of the store's clock, 1 to take the attempt back
-- Returns {status}; status is ok | fenced | gone. "gone": on-call took the message away, and whatever comes next need not wait for it.
local chat, seq = ARGV[2], ARGV[3]
if fenced(ARGV[1]) then return {'fenced'} end
if not waits(chat, seq) then return {'gone'} end
allow_when_full()
redis.call('HSET', key('parked'), chat, ARGV[4])
if ARGV[5] == '1' and redis.call('HINCRBY', key('tries', chat), seq, -1) <= 0 then
  redis.call('HSET', key('tries', chat), seq, 0)
end
return {'ok'}
