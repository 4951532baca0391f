-- offer: remembers an offer of TRASPASAR, in the place of an earlier one of the
-- same spool.
-- KEYS  1 offers, 2 the answer of this call
-- ARGV  1 id, 2 spool, 3 ms for which it lasts, 4 offer (JSON, kept as it is), then
--       the ids of the workers who may answer it
-- reply {record of the one replaced}, or {}

local known = answered(KEYS[2])
if known then
  return known
end
local ends = now_ms() + tonumber(ARGV[3])
local people = {}
for i = 5, #ARGV do
  people[#people + 1] = tonumber(ARGV[i])
end
local reply, replaced = {}, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if decode(all[i + 1], 'offer ' .. all[i]).key == ARGV[2] then
    replaced[#replaced + 1] = all[i]
    reply[#reply + 1] = all[i + 1]
  end
end

for _, id in ipairs(replaced) do
  redis.call('HDEL', KEYS[1], id)
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({
  v = 1, key = ARGV[2], people = people, ends = ends, offer = ARGV[4],
}))
return answer(KEYS[2], reply)
