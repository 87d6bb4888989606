-- Takes places of a sender's schedule.

local schedule = KEYS[1] -- the instant at which the next place begins
local hold_of_all = KEYS[2] -- the instant until which nothing leaves
local hold_of_bulletins = KEYS[3] -- the instant until which no bulletin leaves
local half_rate = KEYS[4] -- the instant until which half the rate is used

local every = tonumber(ARGV[1]) -- seconds between two places
local credit = tonumber(ARGV[2]) -- seconds by which the schedule may lie behind
local look_ahead = tonumber(ARGV[3]) -- seconds before its instant in which a place is handed out
local known_held = tonumber(ARGV[4]) -- seconds for which, as the caller knows, nothing leaves
local known_bulletins = tonumber(ARGV[5]) -- seconds for which, as the caller knows, no bulletin leaves
local known_slow = tonumber(ARGV[6]) -- seconds for which, as the caller knows, half the rate is used
local most = tonumber(ARGV[7]) -- places that are wanted
local batch = tonumber(ARGV[8]) -- places that there have to be before any is handed out

local found = redis.call('MGET', schedule, hold_of_all, hold_of_bulletins, half_rate)

local function left(instant, known) return math.max(tonumber(instant or now) - now, known, 0) end
local held = left(found[2], known_held)
local bulletins = left(found[3], known_bulletins)
local slow = left(found[4], known_slow)

if slow > 0 then every = every * 2 end
local earliest = now - credit
if held > 0 then earliest = now + held end
local begin = math.max(tonumber(found[1] or now + look_ahead + every), earliest)
local number = math.min(most, math.floor((now + look_ahead - begin) / every + (1 + ROUNDING)))
if number < batch then number = 0 end
keep(schedule, begin + number * every, AN_HOUR)

-- How many places, the instants of this answer and of the first place, the seconds between places as they are now, and
-- the seconds for which nothing, no bulletin and only half the rate leaves.
return {number, text(now), text(begin), text(every), text(held), text(bulletins), text(slow)}
