-- put_claim: remembers who somebody in Slack says to be, in the place of an earlier
-- claim of the same Slack user.
-- KEYS  1 claims, 2 the answer of this call
-- ARGV  1 id, 2 Slack user, 3 ms for which it lasts, 4 claim (JSON, kept as it is)
-- reply {record of the one replaced}, or {}

local known = answered(KEYS[2])
if known then
  return known
end
local now = now_ms()
local reply, gone = {}, {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local claim = decode(all[i + 1], 'claim ' .. all[i])
  if now <= claim.ends and claim.slack == ARGV[2] then
    gone[#gone + 1] = all[i]
    reply[#reply + 1] = all[i + 1]
  end
end

for _, id in ipairs(gone) do
  redis.call('HDEL', KEYS[1], id)
end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({
  v = 1, slack = ARGV[2], at = now, ends = now + tonumber(ARGV[3]), claim = ARGV[4],
}))
return answer(KEYS[2], reply)
