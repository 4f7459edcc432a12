-- begin: count an attempt at one message before its handler runs.
-- ARGV: epoch, bot, chat, seq
-- Returns {status, attempt, journal}; status is ok | fenced | suspended | gone. "gone": the message is not in line any more, on-call took it away.
local epoch, bot, chat, seq = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if fenced(epoch) then return {'fenced'} end
if suspended(bot, chat) then return {'suspended'} end
if not waits(chat, seq) then return {'gone'} end
allow_when_full()
local attempt, journal = begin(chat, seq)
return {'ok', attempt, journal}
