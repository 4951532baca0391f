-- wait: puts a worker at the end of a spool's wait list.
-- KEYS  1 site, 2 waiting, 3 the spool's lock
-- ARGV  1 spool, 2 its TAG as the sheet spells it, 3 worker id
-- reply 'UNSEEDED', or the worker's place, 0 = there is no lock

if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'UNSEEDED'
end
if redis.call('EXISTS', KEYS[3]) == 0 then
  return 0
end
local worker = tonumber(ARGV[3])
local list = read_list(KEYS[2], ARGV[1])
  or { v = 1, tag = ARGV[2], workers = {}, reserved_until = 0, told_first = false, told_all = false }
for place, id in ipairs(list.workers) do
  if id == worker then
    return place
  end
end
list.workers[#list.workers + 1] = worker
write_list(KEYS[2], ARGV[1], list)
return #list.workers
