-- extend: intents of EXTENDER. The deadline moves at once; all that is left to be
-- done is the audit row, which is owed from the start.
-- KEYS, ARGV and reply are those of lib_intend.lua; ms is the deadline that is
-- asked for; the moment is when the occupation expired.

return intend(function(lock, want)
  if not lock or lock.holder ~= want.worker or lock.state == 'expired' then
    return late(lock, want)
  end
  if want.fence ~= 0 and want.fence ~= lock.fence then
    return 'stale'
  end
  if passing(lock) then
    return 'busy'
  end
  return want.ms > lock.deadline and 'accepted' or 'already'
end, function(lock, want)
  want.owed, lock.deadline = true, want.ms
  return lock
end)
