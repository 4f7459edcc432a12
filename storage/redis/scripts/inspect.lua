-- inspect: look at a chat without owning it, for on-call.
-- ARGV: bot, chat, most entries to read of each lane
-- Returns {fence, box, fast, length of both, tries, state, parked_until_ms, [1 if everything, the bot, the chat is suspended]}.
local bot, chat, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
return {
  tonumber(string.match(redis.call('GET', key('fence')) or '0', '^%d+')),
  redis.call('LRANGE', key('box', chat), 0, most - 1),
  redis.call('LRANGE', key('fast', chat), 0, most - 1),
  redis.call('LLEN', key('box', chat)) + redis.call('LLEN', key('fast', chat)),
  redis.call('HGETALL', key('tries', chat)),
  redis.call('HGETALL', key('state', chat)),
  tonumber(redis.call('HGET', key('parked'), chat) or 0),
  redis.call('SMISMEMBER', key('suspended'), '*', bot, chat),
}
