-- Gives places back that were not needed, if nobody has taken the ones after them since.

local schedule = KEYS[1] -- the instant at which the next place begins

local taken_until = tonumber(ARGV[1]) -- the instant that the schedule had after they were taken
local used_until = tonumber(ARGV[2]) -- the instant that it has when only those that were needed are taken

-- Seconds: more than six digits and two ways to compute an instant can differ by, less than lies between two places.
local SAME = 0.000005

if math.abs((kept(schedule) or 0) - taken_until) < SAME then keep(schedule, used_until, AN_HOUR) end
return 1
