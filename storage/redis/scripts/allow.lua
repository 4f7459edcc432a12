-- allow: take one from an allowance, or look whether there is one. The key is the allowance alone, and holds when it is whole again: each one
-- taken puts that off by an interval, and nobody may put it off further than all that may be taken at once.
-- ARGV: most at once, interval in ms, "take" or "look"
-- Returns how many ms to wait; 0 where there is one.
local now = now_ms()
local interval = tonumber(ARGV[2])
local whole = math.max(tonumber(redis.call('GET', prefix) or 0), now)
local wait = math.ceil(whole + interval - tonumber(ARGV[1]) * interval - now)
if wait > 0 then return wait end
if ARGV[3] == 'take' then
  whole = math.ceil(whole + interval)
  redis.call('SET', prefix, string.format('%d', whole), 'PX', whole - now)
end
return 0
