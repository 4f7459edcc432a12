-- raise_fence: let a new owner's epoch in, and every lower one out. Epochs only grow (MBX O1, O3).
-- ARGV: epoch
-- Returns {status, epoch that stands}; status is ok | fenced.
local standing = tonumber(redis.call('GET', key('fence')) or 0)
if standing > tonumber(ARGV[1]) then return {'fenced', standing} end
allow_when_full() -- or a full Redis could never be worked off again after a restart
redis.call('SET', key('fence'), ARGV[1])
return {'ok', tonumber(ARGV[1])}
