-- over: takes what waits for somebody's answer (offers, claims) off when its time is over.
-- KEYS  1 offers or claims, 2 the answer of this call
-- reply {record...}

local known = answered(KEYS[2])
if known then
  return known
end
local now = now_ms()
local reply, over = {}, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if now > decode(all[i + 1], 'what waits as ' .. all[i]).ends then
    over[#over + 1] = all[i]
    reply[#reply + 1] = all[i + 1]
  end
end

for _, id in ipairs(over) do
  redis.call('HDEL', KEYS[1], id)
end
if #reply > 0 then
  return answer(KEYS[2], reply)
end
return reply
