-- examine: does with keys of its own whatever the other scripts do with theirs, so
-- that a server on which one of their commands is not there, or is forbidden to
-- this user, says so before the work begins. It leaves nothing.
-- KEYS  1, 2, 3 free keys of the site
-- ARGV  none
-- reply ms of now

local text, hash, zset = KEYS[1], KEYS[2], KEYS[3]
local now = now_ms()
-- The first write is one that a full server refuses: after one that it takes it
-- lets the rest of a script pass.
redis.call('SET', text, cjson.encode({ v = 1 }), 'PXAT', int(now + 60000))
decode(redis.call('GET', text), 'scratch key')
redis.call('SET', text, '1', 'PX', 60000)
redis.call('INCR', text)
redis.call('PEXPIRE', text, 60000)
redis.call('EXISTS', text)
redis.call('HSET', hash, 'a', '1')
redis.call('HGET', hash, 'a')
redis.call('HINCRBY', hash, 'a', 1)
redis.call('HKEYS', hash)
redis.call('HGETALL', hash)
redis.call('HDEL', hash, 'a')
redis.call('ZADD', zset, int(now), 'a')
redis.call('ZSCORE', zset, 'a')
redis.call('ZCOUNT', zset, '-inf', '+inf')
redis.call('ZRANGE', zset, 0, -1)
redis.call('ZREVRANGE', zset, 0, 0)
redis.call('ZRANGEBYSCORE', zset, '-inf', int(now))
redis.call('ZREM', zset, 'a')
redis.call('ZREMRANGEBYSCORE', zset, '-inf', int(now))
redis.call('DEL', text, hash, zset)
return int(now)
