-- Letters are looked up by number, one of a hundred thousand after the other, as chance will have it.
request = function()
  return wrk.format("GET", string.format("%s/SKI-2026-%06d", wrk.path, math.random(1, 100000)))
end

dofile("bench/summary.lua")
