-- Uses more places of a sender's schedule than were taken.

local schedule = KEYS[1] -- the instant at which the next place begins

local every = tonumber(ARGV[1]) -- seconds between two places
local credit = tonumber(ARGV[2]) -- seconds by which the schedule may lie behind
local look_ahead = tonumber(ARGV[3]) -- seconds before its instant in which a place is handed out
local places = tonumber(ARGV[4]) -- how many places more

local begin = math.max(kept(schedule) or now + look_ahead + every, now - credit)
keep(schedule, begin + places * every, AN_HOUR)
return 1
