-- lead: takes or renews a lease that one replica has at a time.
-- KEYS  1 the lease
-- ARGV  1 replica, 2 ms for which it has it from now, 0 = it gives it up
-- reply 1 when the replica has it now, else 0

local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then
  return 0
end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
