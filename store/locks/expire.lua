-- expire: intents of VENCER. From when it is accepted the grace runs, in which
-- the lock is kept for its former holder.
-- KEYS, ARGV and reply are those of lib_intend.lua; ms is the grace.

return intend(function(lock, want)
  if not lock or lock.holder ~= want.worker or lock.fence ~= want.fence then
    return 'current'
  end
  if passing(lock) then
    return 'busy'
  end
  return lock.state == 'held' and want.now > lock.deadline and 'accepted' or 'current'
end, function(lock, want)
  lock.kept_until = want.now + want.ms
  return finish(lock, want)
end)
