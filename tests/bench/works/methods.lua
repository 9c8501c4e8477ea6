local Point = {}
Point.__index = Point

function Point.new(x, y)
    return setmetatable({x = x, y = y, dx = 3, dy = 5, moves = 0}, Point)
end

function Point:step(limit)
    self.x = self.x + self.dx
    self.y = self.y + self.dy
    if self.x > limit or self.x < 0 then
        self.dx = -self.dx
    end
    if self.y > limit or self.y < 0 then
        self.dy = -self.dy
    end
    self.moves = self.moves + 1
end

function Point:key()
    return self.x * 7 + self.y
end

local points = {}
for i = 0, 15 do
    points[i] = Point.new(i * 10, i * 20)
end
local result = 0
for round = 1, 200000 do
    for i = 0, 15 do
        points[i]:step(400)
    end
    result = result + points[round & 15]:key()
end
print(result)
