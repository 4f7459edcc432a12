-- cache: keep a value of one bot for a while, in place of the one it had, or let go of it. The key is the bot's cache, "mailroom:{cache:BOT}:"; of what
-- it holds `ends` says until when and `sizes` how large it is. Where it would hold more than it may, what ends first goes first.
-- ARGV: the key in the cache; how many bytes all may hold; then, to keep one, the value and its ms
local OVERHEAD = 256 -- bytes that Redis itself needs for a value and what is known of it
local now = now_ms()
local name, most = ARGV[1], tonumber(ARGV[2])
local ends, sizes = key('ends'), key('sizes')
local held = tonumber(redis.call('HGET', sizes, '') or 0)

local function let_go(one)
  held = held - (tonumber(redis.call('HGET', sizes, one)) or 0)
  redis.call('HDEL', sizes, one)
  redis.call('ZREM', ends, one)
  redis.call('DEL', key('value', one))
end

let_go(name)
for _, one in ipairs(redis.call('ZRANGEBYSCORE', ends, 0, now, 'LIMIT', 0, 100)) do let_go(one) end
if ARGV[3] then
  local size = #name + #ARGV[3] + OVERHEAD
  while held + size > most do
    local first = redis.call('ZRANGE', ends, 0, 0)[1]
    if not first then held = 0 break end
    let_go(first)
  end
  held = held + size
  redis.call('SET', key('value', name), ARGV[3], 'PX', ARGV[4])
  redis.call('ZADD', ends, now + ARGV[4], name)
  redis.call('HSET', sizes, name, size)
end
if redis.call('ZCARD', ends) == 0 then
  redis.call('DEL', sizes)
  return 0
end
redis.call('HSET', sizes, '', string.format('%d', held))
local last = redis.call('ZRANGE', ends, -1, -1, 'WITHSCORES')[2]
redis.call('PEXPIREAT', ends, string.format('%d', last))
redis.call('PEXPIREAT', sizes, string.format('%d', last))
return held
