-- write: takes one write of the sheet for something that no commit is bound for.
-- KEYS  1 quota
-- ARGV  1 writes a minute, 2 nonce
-- reply ms for which no write is free; 0 = it was taken

if redis.call('ZSCORE', KEYS[1], ARGV[2]) then
  return 0 -- the same call, sent again by the client
end
local now = now_ms()
local ms = quota_wait(KEYS[1], tonumber(ARGV[1]), now)
if ms > 0 then
  return ms
end
quota_take(KEYS[1], ARGV[2], now)
return 0
