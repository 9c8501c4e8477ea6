local function work(n)
    local sum = 0
    for i = 1, n do
        for j = 1, n do
            sum = (sum ~ (i * j)) + (sum >> 7)
        end
    end
    return sum
end

local result = 0
for _ = 1, 20 do
    result = result * 31 + work(1000)
end
print(result)
