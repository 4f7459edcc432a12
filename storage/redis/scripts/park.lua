-- park: a message must wait, because Telegram said so, or was away, or because its attempt was broken off by us; the waiting survives a restart
-- (MBX R4). An attempt that is taken back is none (MBX P3).
-- ARGV: token, chat, seq, until in ms of the store's clock or 0 (nothing to wait for), id of the attempt to take back or "", 1 if it was an
-- outage
-- Returns {status}; status is ok | fenced | gone. "gone": on-call took the message away, and whatever comes next need not wait for it.
local chat, seq, until_ms, id = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if fenced(ARGV[1]) then return {'fenced'} end
if not waits(chat, seq) then return {'gone'} end
allow_when_full()
if until_ms ~= '0' then redis.call('HSET', key('parked'), chat, until_ms) end
local attempts, last, outages, since, parts = tried(chat, seq)
if id ~= '' and last == id then -- else this call is made again, and the attempt is taken back already
  if ARGV[6] == '1' then
    outages = outages + 1
    if since == 0 then since = now_ms() end
  end
  keep_tried(chat, seq, math.max(attempts - 1, 0), '-', outages, since, parts)
end
return {'ok'}
