-- transfer: intents of TRASPASAR. The operation goes on as it was.
-- KEYS, ARGV and reply are those of lib_intend.lua; ms is how long the occupation
-- lasts.

return intend(function(lock, want)
  if lock and lock.state == 'expired' and not kept(lock, want.now) then
    return 'free'
  end
  if lock and lock.state == 'held' and lock.holder == want.worker then
    return 'already'
  end
  return override(lock, want)
end, function(lock, want)
  want.new.op = lock.op
  return begin(lock, want)
end)
