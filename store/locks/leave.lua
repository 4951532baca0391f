-- leave: takes a worker off a spool's wait list.
-- KEYS  1 waiting
-- ARGV  1 spool, 2 worker id
-- reply 'OK'

leave(KEYS[1], ARGV[1], read_list(KEYS[1], ARGV[1]), tonumber(ARGV[2]))
return 'OK'
