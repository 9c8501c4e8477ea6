local function counter(start, step)
    local n = start
    return function(x)
        n = n + step
        return n ~ x
    end
end

local function apply(f, times, x)
    for _ = 1, times do
        x = f(x)
    end
    return x
end

local result = 0
for round = 1, 10000 do
    local f = counter(round, 3)
    result = result * 31 + apply(f, 1000, round)
end
print(result)
