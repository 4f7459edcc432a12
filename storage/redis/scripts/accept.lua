-- accept: take a message into the mailbox of its chat, once: dedupe check, cap check, sequence number, insert, ready, in one step.
-- ARGV: bot, chat, dedupe id or "", order or "-", kind, queue, trace, lane ("box" | "fast"), cap, policy, payload,
--       token or "": its owner would begin this message at once, so count the attempt here and spare it a call; id of that attempt,
--       plain dedupe id or "": what a version before this one remembered the message by
-- Returns {status, seq, depth, now_ms, attempt or 0}; status is accepted | suspended (stored, not to be run yet) | duplicate | full | shed | shed_first.
local bot, chat, id, order, kind, queue, trace = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local lane, cap, policy, payload, token = ARGV[8], tonumber(ARGV[9]), ARGV[10], ARGV[11], ARGV[12]
local plain = ARGV[14]

-- Ids are remembered in buckets of 12 hours; the current one and the two before it give a window of 24 to 36 hours, as long as Telegram
-- keeps an update (tdlib/telegram-bot-api, lifetime 24 h).
local BUCKET_MS = 43200000
local now = now_ms()
local bucket = math.floor(now / BUCKET_MS)
local field = bot .. ':' .. id
if id ~= '' then
  for back = 0, 2 do
    local seen = key('seen', bucket - back)
    local seq = redis.call('HGET', seen, field) or (plain ~= '' and redis.call('HGET', seen, bot .. ':' .. plain))
    if seq then return {'duplicate', tonumber(seq), redis.call('LLEN', key(lane, chat)), now, 0} end
  end
end

local list = key(lane, chat)
local depth = redis.call('LLEN', list)
if depth >= cap then
  -- No dedupe mark: the platform's retry of a refused message is welcome.
  if policy ~= 'shed' then return {'full', 0, depth, now, 0} end
  local first = redis.call('SET', key('shed', chat), 1, 'NX', 'EX', 60)
  return {first and 'shed_first' or 'shed', 0, depth, now, 0}
end

local seq = redis.call('INCR', key('seq'))
if id ~= '' then
  local seen = key('seen', bucket)
  if redis.call('HSET', seen, field, seq) == 1 and redis.call('HLEN', seen) == 1 then
    redis.call('PEXPIREAT', seen, (bucket + 3) * BUCKET_MS)
  end
end
local head = seq .. ' ' .. order .. ' ' .. now .. ' ' .. kind .. ' ' .. queue .. ' ' .. trace
append(list, head .. '\n' .. payload, tonumber(order))
local fast = lane == 'fast' or depth > 0
if depth == 0 then
  local _, first = settle(chat)
  fast = fast or first
end
if fast then measure(chat, lane == 'box' and depth + 1 or redis.call('LLEN', key('box', chat)), true) end
if suspended(bot, chat) then return {'suspended', seq, depth + 1, now, 0} end
local attempt = 0
if token ~= '' and depth == 0 and not fenced(token) then attempt = begin(chat, seq, ARGV[13]) end
return {'accepted', seq, depth + 1, now, attempt}
