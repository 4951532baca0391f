-- calm: a replica has nothing on its way any more that an empty store does not know.
-- KEYS  1 site, 2 calm
-- ARGV  1 replica
-- reply 'OK'

if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('ZADD', KEYS[2], int(now_ms()), ARGV[1])
  redis.call('PEXPIRE', KEYS[2], int(DAY))
end
return 'OK'
