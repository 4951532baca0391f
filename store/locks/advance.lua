-- advance: moves the key of a job on, for one caller.
-- KEYS  1 the job's key, 2 the answer of this call
-- ARGV  1 the moment up to which the caller does the job, ms
-- reply {ms of the key before, '' = there was none}, or {} when the key is not
--       earlier than the moment

local known = answered(KEYS[2])
if known then
  return known
end
local last = redis.call('GET', KEYS[1])
if last and tonumber(ARGV[1]) <= tonumber(last) then
  return {}
end
redis.call('SET', KEYS[1], ARGV[1])
return answer(KEYS[2], { last or '' })
