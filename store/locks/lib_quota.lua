-- The writes of the sheet that all replicas share. At most `quota` of them lie in
-- any 60 s. The first 8 of 11 are free, for the rush at the beginning of a shift;
-- then what is left is spread over the time until the oldest write leaves the
-- window, the first few closer together. So the window never runs out and nobody
-- waits for a minute: 5 s at most with 55 writes.

-- quota_wait is for how many ms no write is free.
local function quota_wait(key, quota, now)
  local used = redis.call('ZCOUNT', key, '(' .. int(now - 60000), '+inf')
  local free = math.floor(quota * 8 / 11)
  if used == 0 or used < free then
    return 0
  end
  local oldest = tonumber(redis.call('ZRANGEBYSCORE', key, '(' .. int(now - 60000), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2])
  local last = tonumber(redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')[2])
  local leaves = oldest + 60000
  local wait
  if used >= quota then
    wait = leaves - now
  else
    -- squared, so that the one or two writes that a rush needs beyond the free ones hardly wait
    local ramp = math.min(1, (used - free + 1) / 5) ^ 2
    wait = last + ramp * (leaves - last) / (quota - used) - now
  end
  return math.max(0, math.min(60000, math.ceil(wait)))
end

-- quota_take takes a write under the nonce of the call.
local function quota_take(key, nonce, now)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', int(now - 60000))
  redis.call('ZADD', key, int(now), nonce)
end
