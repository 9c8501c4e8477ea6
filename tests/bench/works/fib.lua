local function fib(n)
    if n < 2 then
        return n
    end
    return fib(n - 1) + fib(n - 2)
end

local result = 0
for _ = 1, 12 do
    result = result * 31 + fib(29)
end
print(result)
