-- claims: the claims that wait for a supervisor; those whose time is over go.
-- KEYS  1 claims
-- reply {record...}

local now = now_ms()
local reply, over = {}, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if now > decode(all[i + 1], 'claim ' .. all[i]).ends then
    over[#over + 1] = all[i]
  else
    reply[#reply + 1] = all[i + 1]
  end
end

for _, id in ipairs(over) do
  redis.call('HDEL', KEYS[1], id)
end
return reply
