local function sort(a, low, high)
    while low < high do
        local pivot = a[(low + high) >> 1]
        local i, j = low, high
        while i <= j do
            while a[i] < pivot do
                i = i + 1
            end
            while a[j] > pivot do
                j = j - 1
            end
            if i <= j then
                a[i], a[j] = a[j], a[i]
                i = i + 1
                j = j - 1
            end
        end
        -- The lesser half by a call, the greater in this loop.
        if j - low < high - i then
            sort(a, low, j)
            low = i
        else
            sort(a, i, high)
            high = j
        end
    end
end

local N = 50000
local a = {}
local seed = 1
local result = 0
for round = 0, 19 do
    for i = 0, N - 1 do
        seed = (seed * 1103515245 + 12345) & 0x7fffffff
        a[i] = seed >> 8
    end
    sort(a, 0, N - 1)
    result = result * 31 + a[round * 1000] + a[N - 1]
end
print(result)
