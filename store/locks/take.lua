-- take: intents of TOMAR.
-- KEYS, ARGV and reply are those of lib_intend.lua; ms is how long the occupation
-- lasts; the moment is until when the spool is reserved for another.

return intend(function(lock, want)
  local mine = lock and lock.holder == want.worker
  if mine and passing(lock) then
    return 'busy'
  end
  if mine and lock.state == 'held' and want.now <= lock.deadline then
    return 'already'
  end
  if mine then
    want.renews = lock.state == 'held' -- else taken back
    return 'accepted'
  end
  if lock and lock.state ~= 'expired' then
    return 'occupied'
  end
  if lock and kept(lock, want.now) then
    return 'kept'
  end
  local list = read_list(KEYS[5], want.new.key)
  if list and list.workers[1] ~= want.worker and want.now <= list.reserved_until then
    return 'reserved', list.reserved_until
  end
  return 'accepted'
end, begin)
