local function make_table()
    local t = {}
    for i = 0, 255 do
        local c = i
        for _ = 1, 8 do
            if c & 1 ~= 0 then
                c = (c >> 1) ~ 0xedb88320
            else
                c = c >> 1
            end
        end
        t[i] = c
    end
    return t
end

local function crc(t, data, n)
    local c = 0xffffffff
    for i = 0, n - 1 do
        c = t[(c ~ data[i]) & 255] ~ (c >> 8)
    end
    return c ~ 0xffffffff
end

local N = 100000
local t = make_table()
local data = {}
local seed = 1
for i = 0, N - 1 do
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    data[i] = (seed >> 16) & 255
end
local result = 0
for _ = 1, 200 do
    result = result * 31 + crc(t, data, N)
end
print(result)
