-- load: read what an actor needs to go on: its state, the first messages in line, the attempts so far. Read only once ownership is held (MBX P6).
-- ARGV: token, bot, chat, window (how many waiting entries to read at most)
-- Returns {status, state, box, fast, parked_until_ms, now_ms, depth, seq}; status is ok | fenced | suspended. A message of this chat with a
-- number up to `seq` is in the answer, or further back in line, or finished: it is not new to the reader.
local token, bot, chat, window = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if fenced(token) then return {'fenced'} end
return {
  suspended(bot, chat) and 'suspended' or 'ok',
  redis.call('HGETALL', key('state', chat)),
  redis.call('LRANGE', key('box', chat), 0, window - 1),
  redis.call('LRANGE', key('fast', chat), 0, window - 1),
  tonumber(redis.call('HGET', key('parked'), chat) or 0),
  now_ms(),
  redis.call('LLEN', key('box', chat)),
  tonumber(redis.call('GET', key('seq')) or 0),
}
