-- What the scripts share that take a message from a platform, once.

-- Ids are remembered in buckets of 12 hours; the current one and the two before it give a window of 24 to 36 hours, as long as Telegram
-- keeps an update (tdlib/telegram-bot-api, lifetime 24 h).
local BUCKET_MS = 43200000

-- The number under which a message was taken before, or nil. `plain` is what a version before this one remembered it by, or "".
local function taken_before(bot, id, plain, now)
  local bucket = math.floor(now / BUCKET_MS)
  for back = 0, 2 do
    local seen = key('seen', bucket - back)
    local seq = redis.call('HGET', seen, bot .. ':' .. id) or (plain ~= '' and redis.call('HGET', seen, bot .. ':' .. plain))
    if seq then return tonumber(seq) end
  end
end

local function remember(bot, id, now, seq)
  local bucket = math.floor(now / BUCKET_MS)
  local seen = key('seen', bucket)
  if redis.call('HSET', seen, bot .. ':' .. id, seq) == 1 and redis.call('HLEN', seen) == 1 then
    redis.call('PEXPIREAT', seen, (bucket + 3) * BUCKET_MS)
  end
end
