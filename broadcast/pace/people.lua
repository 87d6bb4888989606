-- Takes a place for each person who may be written to now.

local people = KEYS -- for each person the instant at which their next place begins

local gap = tonumber(ARGV[1]) -- seconds between two places of a person
local credit = tonumber(ARGV[2]) -- seconds by which the schedule of a person may lie ahead

local waits = {}
for place, person in ipairs(people) do
  local instant = math.max(kept(person) or now, now)
  local wait = instant - credit - now
  if wait <= ROUNDING then
    wait = 0
    keep(person, instant + gap, A_SECOND)
  end
  waits[place] = text(wait)
end
return waits -- for each person the seconds until they may be written to
