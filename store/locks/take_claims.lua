-- take_claims: takes claims off, each for one caller only; not those whose time is over.
-- KEYS  1 claims, 2 the answer of this call
-- ARGV  their ids
-- reply {record...} of those that were there

local known = answered(KEYS[2])
if known then
  return known
end
local now = now_ms()
local reply, gone = {}, {}
for _, id in ipairs(ARGV) do
  local raw = redis.call('HGET', KEYS[1], id)
  if raw and now <= decode(raw, 'claim ' .. id).ends then
    gone[#gone + 1] = id
    reply[#reply + 1] = raw
  end
end

for _, id in ipairs(gone) do
  redis.call('HDEL', KEYS[1], id)
end
if #reply > 0 then
  return answer(KEYS[2], reply)
end
return reply
