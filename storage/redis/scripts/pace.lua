-- pace: a place among the calls to an outside account, for all processes together: so many at once, each making up for itself after an interval. The
-- key is the account; `whole` says when all may be taken again, `until` before when nobody may call.
-- ARGV: most at once, interval in ms, how many to take, the longest wait in ms; or "pause" and for how many ms nobody may call
-- Returns how many ms to wait until the call, with its place taken; or -1 less that many, where that is longer than it may be and no place was taken.
local now = now_ms()
local ends = math.max(tonumber(redis.call('HGET', prefix, 'until') or 0), now)
local whole = math.max(tonumber(redis.call('HGET', prefix, 'whole') or 0), now)
local wait = 0
if ARGV[1] == 'pause' then
  ends = math.max(ends, now + ARGV[2])
  redis.call('HSET', prefix, 'until', string.format('%d', ends))
else
  local most, interval, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  whole = math.max(whole, ends)
  wait = math.ceil(math.max(whole + (cost - most) * interval, ends) - now)
  if wait > tonumber(ARGV[4]) then return -1 - wait end
  whole = whole + cost * interval
  redis.call('HSET', prefix, 'whole', string.format('%.3f', whole))
end
redis.call('PEXPIREAT', prefix, string.format('%d', math.ceil(math.max(whole, ends))))
return wait
