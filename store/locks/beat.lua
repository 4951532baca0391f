-- beat: the heartbeat of a replica.
-- KEYS  1 replicas
-- ARGV  1 replica, 2 ms until it counts as gone, 0 = it has gone
-- reply 'OK'

local now, ttl = now_ms(), tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', int(now - DAY))
if ttl > 0 then
  redis.call('ZADD', KEYS[1], int(now + ttl), ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return 'OK'
