-- stopped: notes which of the spools that people wait for are stopped; those that are
-- no more, and have no lock, come free with that.
-- KEYS  1 site, 2 waiting; the locks (of the same slot) are found through the wait lists
-- ARGV  1 ms of head start, then the spools that are stopped
-- reply 'OK'

local now, now_stopped = now_ms(), {}
for i = 2, #ARGV do
  now_stopped[ARGV[i]] = true
end
local changed = {}
local all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do
  local list = decode(all[i + 1], 'wait list of ' .. all[i])
  if (list.stopped or false) ~= (now_stopped[all[i]] or false) then
    changed[all[i]] = list
  end
end

for spool, list in pairs(changed) do
  if now_stopped[spool] then
    list.stopped = true
    write_list(KEYS[2], spool, list)
  elseif redis.call('EXISTS', lock_key(KEYS[1], spool)) == 1 then
    list.stopped = nil
    write_list(KEYS[2], spool, list)
  else
    come_free(KEYS[2], spool, list, now + tonumber(ARGV[1]))
  end
end
return 'OK'
