local function fill(n, seed)
    local rows = {}
    for i = 0, n - 1 do
        local row = {}
        for k = 0, n - 1 do
            seed = (seed * 1103515245 + 12345) & 0x7fffffff
            row[k] = (seed >> 16) / 32768.0
        end
        rows[i] = row
    end
    return rows
end

local function transpose(b, n)
    local rows = {}
    for j = 0, n - 1 do
        local row = {}
        for k = 0, n - 1 do
            row[k] = b[k][j]
        end
        rows[j] = row
    end
    return rows
end

local function multiply(a, b, c, n)
    local t = transpose(b, n)
    for i = 0, n - 1 do
        local ai, ci = a[i], c[i]
        for j = 0, n - 1 do
            local tj = t[j]
            local sum = 0.0
            for k = 0, n - 1 do
                sum = sum + ai[k] * tj[k]
            end
            ci[j] = sum
        end
    end
end

local N = 120
local a, b, c = fill(N, 1), fill(N, 2), fill(N, 3)
local result = 0
for round = 0, 19 do
    multiply(a, b, c, N)
    local x = c[round][N - 1 - round]
    result = result * 31 + string.unpack("<i8", string.pack("<d", x))
end
print(result)
