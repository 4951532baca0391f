-- claims: the claims that wait for a supervisor. Those whose time is over are left to
-- over.
-- KEYS  1 claims
-- reply {record...}

local now = now_ms()
local reply = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if now <= decode(all[i + 1], 'claim ' .. all[i]).ends then
    reply[#reply + 1] = all[i + 1]
  end
end
return reply
