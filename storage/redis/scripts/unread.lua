-- unread: lay a message that nobody can read with the dead letters, once: it is never in line, so it holds nobody up.
-- ARGV: bot, chat, dedupe id, plain dedupe id or "" (as for accept), the letter as JSON, without its number
-- Returns {status, seq}; status is dead | duplicate.
local bot, chat, id, letter = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
local now = now_ms()
local before = taken_before(bot, id, ARGV[4], now)
if before then return {'duplicate', before} end
local seq = redis.call('INCR', key('seq'))
remember(bot, id, now, seq)
redis.call('HSET', key('dead'), chat .. ':' .. seq, '{"seq":' .. seq .. ',' .. string.sub(letter, 2))
return {'dead', seq}
