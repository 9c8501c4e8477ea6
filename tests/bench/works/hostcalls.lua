-- math.abs of a number that is not negative: a C function that gives its
-- argument back.
local nop = math.abs

local sum = 0
for i = 1, 12000000 do
    sum = sum + nop(i)
end
print(sum)
