-- news: the intents that were settled some time ago and that nobody has told of.
-- KEYS  1 news
-- ARGV  1 ms since they were settled, at least
-- reply {record...}

local latest = now_ms() - tonumber(ARGV[1])
local reply = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if decode(all[i + 1], 'news ' .. all[i]).settled <= latest then
    reply[#reply + 1] = all[i + 1]
  end
end
return reply
