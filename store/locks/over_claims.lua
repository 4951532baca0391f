-- over_claims: takes the claims off whose time is over.
-- KEYS  1 claims, 2 the answer of this call
-- reply {record...}

local known = answered(KEYS[2])
if known then
  return known
end
local now = now_ms()
local reply, over = {}, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if now > decode(all[i + 1], 'claim ' .. all[i]).ends then
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
