-- skip: on-call takes a message out of its line and lays it with the dead letters, so that the next one can begin (MBX P1, X3).
-- No epoch is asked for: it must work while the owner is down. An owner at work on the message finds it `gone` when it commits.
-- ARGV: chat, seq or "" (the one that would be next), error, who
-- Returns {status, id of the dead letter}; status is ok | gone.
local chat, seq, error, who = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if seq == '' then
  local head = redis.call('LINDEX', key('fast', chat), 0) or redis.call('LINDEX', key('box', chat), 0)
  if not head then return {'gone'} end
  seq = entry_seq(head)
end
allow_when_full()
local lane = 'fast'
local entry, first = take(key(lane, chat), seq)
if not entry then
  lane = 'box'
  entry, first = take(key(lane, chat), seq)
end
if not entry then return {'gone'} end

local order, accepted, kind, queue, trace, payload = string.match(entry, '^%d+ (%S+) (%d+) (%S*) (%S*) (%S*)\n(.*)$')
local bot, id = string.match(chat, '^([^:]*):(.*)$')
local text = cjson.encode -- for text only: it would round numbers of more than 14 digits, so they are written as they stand
local letter = '{"bot":' .. text(bot) .. ',"chat":' .. text(id) .. ',"seq":' .. seq
  .. ',"order":' .. (order == '-' and 'null' or order) .. ',"kind":' .. text(kind) .. ',"queue":' .. text(queue)
  .. ',"trace":' .. text(trace) .. ',"accepted_ms":' .. accepted .. ',"died_ms":' .. string.format('%.0f', now_ms())
  .. ',"attempts":' .. string.format('%.0f', (tried(chat, seq)))
  .. ',"epoch":' .. string.match(redis.call('GET', key('fence')) or '0', '^%d+') .. ',"error":' .. text(error) .. ',"traceback":""'
  .. ',"payload":' .. text(payload) .. ',"expedited":' .. tostring(lane == 'fast') .. ',"skipped_by":' .. text(who) .. '}'

bury(chat .. ':' .. seq, letter)
redis.call('HDEL', key('tries', chat), seq)
if lane == 'box' and first then redis.call('HDEL', key('parked'), chat) end
local _, fast = settle(chat)
measure(chat, redis.call('LLEN', key('box', chat)), fast)
return {'ok', chat .. ':' .. seq}
