-- accept: take a message into the mailbox of its chat, once: dedupe check, cap check, sequence number, insert, ready, in one step.
-- ARGV: bot, chat, dedupe id or "", order or "-", kind, queue, trace, lane ("box" | "fast"), cap, policy, payload,
--       token or "": its owner would begin this message at once, so count the attempt here and spare it a call; id of that attempt,
--       plain dedupe id or "": what a version before this one remembered the message by
-- Returns {status, seq, depth, now_ms, attempt or 0}; status is accepted | suspended (stored, not to be run yet) | duplicate | full | shed | shed_first.
local bot, chat, id, order, kind, queue, trace = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local lane, cap, policy, payload, token = ARGV[8], tonumber(ARGV[9]), ARGV[10], ARGV[11], ARGV[12]

local now = now_ms()
if id ~= '' then
  local seq = taken_before(bot, id, ARGV[14], now)
  if seq then return {'duplicate', seq, redis.call('LLEN', key(lane, chat)), now, 0} end
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
if id ~= '' then remember(bot, id, now, seq) end
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
-- A part of a media group is never begun here: its group is not complete.
if token ~= '' and depth == 0 and not string.find(queue, '/', 1, true) and not fenced(token) then
  attempt = begin(chat, seq, ARGV[13])
end
return {'accepted', seq, depth + 1, now, attempt}
