local WIDTH, HEIGHT, SIZE = 320, 180, 16

local function blit(screen, sprite, x, y)
    local from = 0
    for row = 0, SIZE - 1 do
        local to = (y + row) * WIDTH + x
        for column = 0, SIZE - 1 do
            local color = sprite[from + column]
            if color ~= 0 then
                screen[to + column] = color
            end
        end
        from = from + SIZE
    end
end

local screen, sprite = {}, {}
for i = 0, WIDTH * HEIGHT - 1 do
    screen[i] = 0
end
for i = 0, SIZE * SIZE - 1 do
    sprite[i] = i * i % 7 * 9
end
local seed = 1
local result = 0
for _ = 1, 100000 do
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    local x = (seed >> 8) % (WIDTH - SIZE)
    local y = (seed >> 18) % (HEIGHT - SIZE)
    blit(screen, sprite, x, y)
    result = result * 31 + screen[y * WIDTH + x + 17]
end
print(result)
