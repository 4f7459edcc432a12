-- What every script shares: the names of a partition's keys, the fence, and the shape of a mailbox entry.
-- The loader puts this text before each script. KEYS[1] is the partition's prefix, "mailroom:{NN}:"; every key a script touches begins with
-- it, so that on Redis Cluster one call touches one slot. `chat` is "bot:chat_id", and a bot's name has no colon.
--
-- An entry is one string: "seq order accepted_ms kind queue trace\n" and the payload as it came. `order` is Telegram's update_id, or "-".
-- The queue of a part of a media group is "queue/group": a version that knows no groups reads it as a queue of its own, and goes on.
local prefix = KEYS[1]

local function key(name, chat)
  if chat then return prefix .. name .. ':' .. chat end
  return prefix .. name
end

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A commit or a load is refused unless the caller's token, "epoch taker", is the one that the partition's fence holds. The taker tells two
-- processes apart that were given the same epoch, as happens where Postgres was restored from a backup. A missing fence (Redis lost its data)
-- refuses too: the owner must renew its lease in Postgres and raise the fence again before anything is written.
local function fenced(token)
  return redis.call('GET', key('fence')) ~= token
end

-- Redis refuses commands that may grow memory once maxmemory is reached, unless the script has written before. Work that finishes messages
-- frees memory, so it begins with a write that changes nothing and goes on while accepts are refused.
local function allow_when_full()
  redis.call('DEL', key('none'))
end

local function suspended(bot, chat)
  for _, held in ipairs(redis.call('SMISMEMBER', key('suspended'), '*', bot, chat)) do
    if held == 1 then return true end
  end
  return false
end

local function entry_seq(entry) return string.match(entry, '^(%d+) ') end
local function entry_order(entry) return tonumber(string.match(entry, '^%d+ (%S+) ')) end
local function entry_trace(entry) return string.match(entry, '^%d+ %S+ %d+ %S* %S* (%S*)\n') end
local function entry_accepted(entry) return string.match(entry, '^%d+ %S+ (%d+) ') end

-- Keep the ready set true: a chat is in it exactly while a message of its waits; the score is the age of the oldest one at the head.
-- Returns that first entry, and whether it is an expedited one.
local function settle(chat)
  local fast = redis.call('LINDEX', key('fast', chat), 0)
  local head = fast or redis.call('LINDEX', key('box', chat), 0)
  if head then
    redis.call('ZADD', key('ready'), entry_accepted(head), chat)
  else
    redis.call('ZREM', key('ready'), chat)
  end
  return head, fast
end

-- Keep `depths` true: the chats with two or more messages waiting, by how many. A chat with one is not in it, so that the usual message, which
-- comes alone and goes before the next, costs nothing here. `box` is the length of the box; `fast` is false where no expedited message waits.
local function measure(chat, box, fast)
  local depth = box + (fast and redis.call('LLEN', key('fast', chat)) or 0)
  if depth > 1 then
    redis.call('ZADD', key('depths'), depth, chat)
  else
    redis.call('ZREM', key('depths'), chat)
  end
end

-- Put an entry in line: before the first waiting one with a higher order (Telegram's parallel queues overtake each other), else last.
local function append(list, entry, order)
  if order then
    local before
    local waiting = redis.call('LRANGE', list, -16, -1)
    if #waiting == 16 then
      local first = entry_order(waiting[1])
      if not first or first > order then waiting = redis.call('LRANGE', list, 0, -1) end
    end
    for i = #waiting, 1, -1 do
      local other = entry_order(waiting[i])
      if other then
        if other < order then break end
        before = waiting[i]
      end
    end
    if before then
      redis.call('LINSERT', list, 'BEFORE', before, entry)
      return
    end
  end
  redis.call('RPUSH', list, entry)
end

-- What is kept of the attempts at a message, in one field of `tries`: "attempts id outages since_ms". `id` names the attempt that was counted
-- last, so that a call which is repeated because its answer was lost counts it once; "-" where none is under way. `outages` were no attempts;
-- the first of them was at `since_ms`. With the first part of a media group stands which parts were begun together: "seq,seq,…". (Versions
-- before wrote the attempts alone.)
local function tried(chat, seq)
  local kept = redis.call('HGET', key('tries', chat), seq)
  if not kept then return 0, '-', 0, 0, '' end
  local attempts, id, outages, since, parts = string.match(kept, '^(%d+) ?(%S*) ?(%d*) ?(%d*) ?(%S*)')
  return tonumber(attempts), id, tonumber(outages) or 0, tonumber(since) or 0, parts
end

local function keep_tried(chat, seq, attempts, id, outages, since, parts)
  local kept = string.format('%.0f %s %.0f %.0f', attempts, id, outages, since)
  if parts ~= '' then kept = kept .. ' ' .. parts end
  redis.call('HSET', key('tries', chat), seq, kept)
end

-- Count the attempt `id` at a message, once, and give back what the attempts before it recorded. The count is written before the handler
-- runs, so that a handler which kills the process is counted like one that raises. Returns attempts, journal, outages, since_ms.
local function begin(chat, seq, id)
  local attempts, last, outages, since, parts = tried(chat, seq)
  if last ~= id then
    attempts = attempts + 1
    keep_tried(chat, seq, attempts, id, outages, since, parts)
  end
  -- Read at the first attempt too: it is the second in truth when a wait has taken the first one back.
  return attempts, redis.call('HGETALL', key('journal', chat .. ':' .. seq)), outages, since
end
