local function work(flags, n)
    for i = 0, n - 1 do
        flags[i] = 1
    end
    local count = 0
    for i = 2, n - 1 do
        if flags[i] ~= 0 then
            count = count + 1
            for k = i * i, n - 1, i do
                flags[k] = 0
            end
        end
    end
    return count
end

local result = 0
local flags = {}
for _ = 1, 24 do
    result = result * 31 + work(flags, 400000)
end
print(result)
