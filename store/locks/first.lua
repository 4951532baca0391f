-- first: recognises what was seen before.
-- KEYS  what identifies it, by each of its names
-- ARGV  1 call, 2 ms for which it is remembered
-- reply 1 when none of the keys was seen; the same call, sent again by the
--       client after a broken line, gets the same answer

local first = 1
for _, key in ipairs(KEYS) do
  local seen = redis.call('GET', key)
  if seen and seen ~= ARGV[1] then
    first = 0
  end
end
for _, key in ipairs(KEYS) do
  if first == 1 or redis.call('EXISTS', key) == 0 then
    redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
  end
end
return first
