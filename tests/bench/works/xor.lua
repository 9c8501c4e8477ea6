local function work(d, s, n)
    for i = 0, n - 1 do
        d[i] = d[i] ~ s[i]
    end
end

local N = 64000
local d, s = {}, {}
for i = 0, N - 1 do
    d[i] = i * 7 & 255
    s[i] = i * 13 + 5 & 255
end
local result = 0
for round = 0, 400 do
    work(d, s, N)
    result = result * 31 + d[round * 7]
end
print(result)
