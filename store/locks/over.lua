-- over: what waits for somebody's answer (offers, claims) and whose time is over. It is
-- kept apart until whom it concerns has been told; whoever gets it here is to tell.
-- KEYS  1 offers or claims, 2 the answer of this call, 3 those that are over
-- ARGV  1 ms after which another is to tell
-- reply {record...}

local known = answered(KEYS[2])
if known then
  return known
end
local now = now_ms()
local reply, tell, vain = {}, {}, {}
local all = redis.call('HGETALL', KEYS[3])
for i = 1, #all, 2 do
  local record = decode(all[i + 1], 'what is over as ' .. all[i])
  if now > record.over + DAY then
    vain[#vain + 1] = all[i]
  elseif now >= record.again then
    tell[all[i]], reply[#reply + 1] = record, all[i + 1]
  end
end
all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local record = decode(all[i + 1], 'what waits as ' .. all[i])
  if now > record.ends then
    record.over = now
    tell[all[i]], reply[#reply + 1] = record, all[i + 1]
  end
end

for _, id in ipairs(vain) do
  redis.call('HDEL', KEYS[3], id)
end
for id, record in pairs(tell) do
  record.again = now + tonumber(ARGV[1])
  redis.call('HSET', KEYS[3], id, cjson.encode(record))
  redis.call('HDEL', KEYS[1], id)
end
if #reply > 0 then
  return answer(KEYS[2], reply)
end
return reply
