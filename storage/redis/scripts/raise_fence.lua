-- raise_fence: let a new owner's epoch in, and every lower one out; an equal one of another taker stays out too. Epochs only grow (MBX O1, O3).
-- ARGV: epoch, taker
-- Returns {status, epoch that stands}; status is ok | fenced.
local epoch, taker = string.match(redis.call('GET', key('fence')) or '0', '^(%d+) ?(.*)$')
local standing = tonumber(epoch)
if standing > tonumber(ARGV[1]) or (standing == tonumber(ARGV[1]) and taker ~= ARGV[2]) then return {'fenced', standing} end
allow_when_full() -- or a full Redis could never be worked off again after a restart
redis.call('SET', key('fence'), ARGV[1] .. ' ' .. ARGV[2])
return {'ok', tonumber(ARGV[1])}
