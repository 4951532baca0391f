-- answered: takes an offer off the desk for one of those whom it concerns.
-- KEYS  1 offers, 2 the answer of this call
-- ARGV  1 id, 2 worker id
-- reply {record}, or {} when it is not there (any more), or not theirs to answer

local known = answered(KEYS[2])
if known then
  return known
end
local raw = redis.call('HGET', KEYS[1], ARGV[1])
local offer = raw and decode(raw, 'offer ' .. ARGV[1])
local concerned = false
for _, id in ipairs(offer and offer.people or {}) do
  concerned = concerned or id == tonumber(ARGV[2])
end
if not concerned or now_ms() > offer.ends then
  return {}
end
redis.call('HDEL', KEYS[1], ARGV[1])
return answer(KEYS[2], { raw })
