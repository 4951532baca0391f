-- count: adds to what is counted now, and drops what is older than a day.
-- KEYS  1 counts, 2 the answer of this call
-- ARGV  name, number, ...
-- reply {'OK'}; the same call, sent again by the client, counts once

local known = answered(KEYS[2])
if known then
  return known
end
local now = now_ms()
local step = int(now - now % 300000)
local gone = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if tonumber(string.match(field, '^%d+') or '0') < now - DAY then
    gone[#gone + 1] = field
  end
end
for _, field in ipairs(gone) do
  redis.call('HDEL', KEYS[1], field)
end
for i = 1, #ARGV, 2 do
  redis.call('HINCRBY', KEYS[1], step .. ':' .. ARGV[i], ARGV[i + 1])
end
return answer(KEYS[2], { 'OK' })
