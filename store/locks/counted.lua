-- counted: sums what was counted lately.
-- KEYS  1 counts
-- ARGV  1 ms back from now
-- reply {name, number, ...}

local from = now_ms() - tonumber(ARGV[1])
local all = redis.call('HGETALL', KEYS[1])
local sums, reply = {}, {}
for i = 1, #all, 2 do
  local step, name = string.match(all[i], '^(%d+):(.+)$')
  if step and tonumber(step) > from then
    sums[name] = (sums[name] or 0) + (tonumber(all[i + 1]) or 0)
  end
end
for name, n in pairs(sums) do
  reply[#reply + 1] = name
  reply[#reply + 1] = int(n)
end
return reply
