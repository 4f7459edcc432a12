-- requeue: on-call puts a dead letter back into the mailbox, at its place in order; its attempts begin anew, its journal goes on (MBX X3).
-- It is a message accepted now, under a new number; order, kind, queue, trace and lane are the old ones. No epoch is asked for, as by accept.
-- ARGV: id, cap of the box, cap of the expedited
-- Returns {status}; status is requeued | suspended (in line, not to be run yet) | gone | full (the dead letter stays where it is).
local id = ARGV[1]
local chat = string.match(id, '^(.+):%d+$')
local letter = chat and redis.call('HGET', key('dead'), id)
if not letter then return {'gone'} end
letter = cjson.decode(letter)
local lane, cap = 'box', tonumber(ARGV[2])
if letter.expedited then lane, cap = 'fast', tonumber(ARGV[3]) end
if redis.call('LLEN', key(lane, chat)) >= cap then return {'full'} end

-- All that can fail is done before the first write: a script that fails halfway is not undone.
local order = type(letter.order) == 'number' and string.format('%.0f', letter.order) or '-'
local rest = ' ' .. order .. ' ' .. string.format('%.0f', now_ms()) .. ' ' .. letter.kind .. ' ' .. letter.queue .. ' ' .. letter.trace
  .. '\n' .. letter.payload
allow_when_full()
redis.call('HDEL', key('dead'), id)
local seq = redis.call('INCR', key('seq'))
append(key(lane, chat), seq .. rest, tonumber(order))
if redis.call('EXISTS', key('deadlog', id)) == 1 then
  redis.call('RENAME', key('deadlog', id), key('journal', chat .. ':' .. seq))
end
local _, fast = settle(chat)
measure(chat, redis.call('LLEN', key('box', chat)), fast)
local bot = string.match(chat, '^[^:]*')
return {suspended(bot, chat) and 'suspended' or 'requeued'}
