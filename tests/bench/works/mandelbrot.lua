local function work(width, height, limit)
    local sum = 0
    for py = 0, height - 1 do
        local ci = py * 2.0 / height - 1.0
        for px = 0, width - 1 do
            local cr = px * 3.0 / width - 2.0
            local zr, zi = 0.0, 0.0
            local n = 0
            while n < limit do
                local rr, ii = zr * zr, zi * zi
                if rr + ii > 4.0 then
                    break
                end
                zi = 2.0 * zr * zi + ci
                zr = rr - ii + cr
                n = n + 1
            end
            sum = sum + n
        end
    end
    return sum
end

local result = 0
for _ = 1, 4 do
    result = result * 31 + work(320, 240, 100)
end
print(result)
