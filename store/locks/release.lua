-- release: intents of PAUSAR and COMPLETAR.
-- KEYS, ARGV and reply are those of lib_intend.lua; ms is not used; the moment is
-- when the occupation expired.

return intend(own, finish)
