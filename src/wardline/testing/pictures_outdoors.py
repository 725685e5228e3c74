"""Scenes from outdoors: hills, sea, village, forest, fields, dunes, night sky, river. Nobody is ever in them."""

from __future__ import annotations

import math

from wardline.testing.pictures_canvas import Canvas, Colour, hsv, mix


def _sky(canvas: Canvas) -> tuple[Colour, Colour]:
    """Fill the sky and give its upper and lower colour."""
    hue = canvas.chance.choice((0.56, 0.6, 0.66, 0.02, 0.08, 0.85, 0.45)) + canvas.between(-0.04, 0.04)
    upper = hsv(hue, canvas.between(0.2, 0.8), canvas.between(0.35, 1.0))
    lower = hsv(hue + canvas.between(-0.2, 0.2), canvas.between(0.1, 0.6), canvas.between(0.5, 1.0))
    canvas.gradient(upper, lower, canvas.between(60, 120))
    canvas.haze(mix(lower, (255, 255, 255), canvas.between(0.2, 1.0)), strength=canvas.between(0.5, 1.0))
    if canvas.chance.random() < 0.6:
        radius = canvas.between(0.04, 0.13) * canvas.height
        place = canvas.between(0.05, 0.95) * canvas.width, canvas.between(0.05, 0.4) * canvas.height
        canvas.disc(*place, radius, hsv(canvas.between(0.05, 0.16), 0.4, 1.0))
    return upper, lower


def _tree(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    canvas.draw.rectangle(
        (x - size * 0.05, y - size * 0.4, x + size * 0.05, y), fill=mix(colour, (60, 40, 25), 0.8)
    )
    if canvas.chance.random() < 0.5:
        canvas.disc(x, y - size * 0.65, size * 0.33, colour)
        canvas.disc(x - size * 0.16, y - size * 0.5, size * 0.22, mix(colour, (0, 0, 0), 0.2))
        return
    for tier in range(3):
        top, half = y - size * (1.05 - tier * 0.27), size * (0.2 + tier * 0.09)
        shade = mix(colour, (0, 0, 0), tier * 0.15)
        canvas.draw.polygon(
            [(x, top), (x - half, top + size * 0.45), (x + half, top + size * 0.45)], fill=shade
        )


def _house(canvas: Canvas, x: float, y: float, size: float) -> None:
    wall = hsv(canvas.between(0, 1), canvas.between(0.05, 0.4), canvas.between(0.6, 1.0))
    roof = hsv(canvas.between(-0.05, 0.1), canvas.between(0.4, 0.8), canvas.between(0.25, 0.7))
    half, tall = size * canvas.between(0.4, 0.8), size * canvas.between(0.5, 1.0)
    canvas.draw.rectangle((x - half, y - tall, x + half, y), fill=wall)
    peak = y - tall - size * canvas.between(0.3, 0.7)
    canvas.draw.polygon([(x - half * 1.15, y - tall), (x + half * 1.15, y - tall), (x, peak)], fill=roof)
    pane = hsv(canvas.chance.choice((0.14, 0.58)), 0.5, canvas.between(0.3, 1.0))
    for column in (-0.6, 0.1):
        left = x + half * column
        canvas.draw.rectangle((left, y - tall * 0.75, left + half * 0.4, y - tall * 0.4), fill=pane)
    canvas.draw.rectangle(
        (x - half * 0.15, y - tall * 0.35, x + half * 0.15, y), fill=mix(roof, (0, 0, 0), 0.4)
    )


def hills(canvas: Canvas) -> None:
    """Paint layered hills below a sky."""
    _, lower = _sky(canvas)
    level, layers = canvas.between(0.3, 0.65), canvas.chance.randint(2, 5)
    near = hsv(canvas.between(0.08, 0.5), canvas.between(0.3, 0.8), canvas.between(0.15, 0.6))
    for layer in range(layers):
        line = canvas.ridge(level + (1 - level) * layer / layers, canvas.between(0.08, 0.3), 48)
        canvas.ground(line, mix(lower, near, (layer + 1) / layers))
    for _ in range(canvas.chance.randint(0, 14)):
        y = canvas.between(max(level, 0.55), 1.05) * canvas.height
        _tree(
            canvas,
            canvas.between(0, 1) * canvas.width,
            y,
            canvas.between(0.08, 0.35) * canvas.height,
            mix(near, (0, 0, 0), 0.3),
        )


def sea(canvas: Canvas) -> None:
    """Paint boats on water."""
    upper, _ = _sky(canvas)
    horizon = canvas.between(0.25, 0.7) * canvas.height
    water = hsv(canvas.between(0.45, 0.65), canvas.between(0.3, 0.8), canvas.between(0.2, 0.7))
    canvas.draw.rectangle((0, horizon, canvas.width, canvas.height), fill=mix(water, upper, 0.2))
    for _ in range(canvas.chance.randint(20, 60)):
        y, x = canvas.between(horizon, canvas.height), canvas.between(-0.1, 1) * canvas.width
        reach, thick = canvas.between(0.03, 0.3) * canvas.width, canvas.between(0.003, 0.02) * canvas.height
        canvas.draw.ellipse(
            (x, y, x + reach, y + thick), fill=mix(water, (255, 255, 255), canvas.between(0, 0.5))
        )
    for _ in range(canvas.chance.randint(1, 6)):
        _boat(canvas, horizon)


def _boat(canvas: Canvas, horizon: float) -> None:
    y = canvas.between(horizon, canvas.height)
    size = canvas.height * canvas.between(0.06, 0.15) * (0.5 + 2 * (y - horizon) / canvas.height)
    x = canvas.between(0.05, 0.95) * canvas.width
    hull = hsv(canvas.between(0, 1), canvas.between(0.3, 0.9), canvas.between(0.2, 0.8))
    edge = [(x - size, y - size * 0.3), (x + size, y - size * 0.3), (x + size * 0.6, y), (x - size * 0.7, y)]
    canvas.draw.polygon(edge, fill=hull)
    top, lean = y - size * canvas.between(1.6, 2.6), canvas.chance.choice((-1, 1))
    sail = mix(hsv(canvas.between(0, 1), 0.6, 0.9), (255, 255, 255), canvas.between(0.2, 1.0))
    canvas.draw.polygon([(x, top), (x, y - size * 0.4), (x + lean * size * 0.85, y - size * 0.4)], fill=sail)


def village(canvas: Canvas) -> None:
    """Paint houses and trees on a slope."""
    _sky(canvas)
    meadow = hsv(canvas.between(0.15, 0.4), canvas.between(0.3, 0.7), canvas.between(0.3, 0.8))
    level = canvas.between(0.35, 0.6)
    canvas.ground(canvas.ridge(level, 0.12, 32), meadow)
    for depth in sorted(canvas.between(level + 0.05, 1.0) for _ in range(canvas.chance.randint(5, 16))):
        x, y = canvas.between(0.02, 0.98) * canvas.width, depth * canvas.height
        size = canvas.height * (0.06 + 0.3 * (depth - level)) * canvas.between(0.8, 1.5)
        if canvas.chance.random() < 0.6:
            _house(canvas, x, y, size)
        else:
            _tree(canvas, x, y, size * 1.6, mix(meadow, (10, 40, 20), 0.6))


def forest(canvas: Canvas) -> None:
    """Paint many trees, far ones pale."""
    _, lower = _sky(canvas)
    leaf = hsv(canvas.between(0.02, 0.45), canvas.between(0.3, 0.9), canvas.between(0.2, 0.7))
    canvas.ground(canvas.ridge(canvas.between(0.5, 0.75), 0.1, 32), mix(lower, leaf, 0.7))
    for depth in sorted(canvas.between(0.45, 1.15) for _ in range(canvas.chance.randint(18, 45))):
        size = canvas.height * canvas.between(0.15, 0.55) * depth
        shade = mix(mix(lower, leaf, min(depth, 1.0)), (0, 0, 0), canvas.between(0, 0.45))
        _tree(canvas, canvas.between(-0.02, 1.02) * canvas.width, depth * canvas.height, size, shade)


def fields(canvas: Canvas) -> None:
    """Paint farmland from above."""
    canvas.gradient(hsv(0.25, 0.4, 0.5), hsv(0.12, 0.4, 0.7), canvas.between(0, 180))
    columns, rows = canvas.chance.randint(3, 7), canvas.chance.randint(3, 6)
    corners = {
        (i, j): (
            (i + canvas.between(-0.35, 0.35)) * canvas.width / columns,
            (j + canvas.between(-0.35, 0.35)) * canvas.height / rows,
        )
        for i in range(-1, columns + 2)
        for j in range(-1, rows + 2)
    }
    for i in range(-1, columns + 1):
        for j in range(-1, rows + 1):
            crop = hsv(canvas.between(0.08, 0.38), canvas.between(0.2, 0.8), canvas.between(0.2, 0.95))
            corner = [corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]]
            canvas.draw.polygon(corner, fill=crop)
    road = canvas.ridge(canvas.between(0.2, 0.8), 0.3, 24)
    canvas.draw.line(road, fill=(214, 205, 186), width=max(2, canvas.height // 50), joint="curve")


def dunes(canvas: Canvas) -> None:
    """Paint sand dunes or snow fields with a shaded side."""
    _sky(canvas)
    sand = hsv(canvas.chance.choice((0.08, 0.1, 0.58)), canvas.between(0.1, 0.6), canvas.between(0.7, 1.0))
    for layer in range(canvas.chance.randint(3, 7)):
        line = canvas.ridge(0.3 + layer * 0.11, canvas.between(0.06, 0.22), 40)
        canvas.ground(line, mix(sand, (40, 20, 40), canvas.between(0, 0.6)))
        shifted = [
            (x + canvas.between(0.02, 0.1) * canvas.width, y + canvas.between(0.02, 0.12) * canvas.height)
            for x, y in line
        ]
        canvas.draw.polygon(
            [*line, *reversed(shifted)], fill=mix(sand, (60, 30, 20), canvas.between(0.2, 0.7))
        )


def night(canvas: Canvas) -> None:
    """Paint a starry sky over dark mountains."""
    hue = canvas.between(0.5, 0.85)
    canvas.gradient(
        hsv(hue, 0.7, canvas.between(0.05, 0.3)),
        hsv(hue + 0.1, 0.6, canvas.between(0.3, 0.6)),
        canvas.between(45, 135),
    )
    canvas.haze(
        hsv(canvas.between(0.3, 0.9), 0.6, canvas.between(0.5, 0.9)), cells=(2, 5, 9, 18), strength=1.0
    )
    for _ in range(canvas.chance.randint(60, 200)):
        x, y = canvas.between(0, 1) * canvas.width, canvas.between(0, 0.8) * canvas.height
        canvas.disc(x, y, canvas.between(0.001, 0.006) * canvas.height, hsv(canvas.between(0, 1), 0.15, 1.0))
    moon = canvas.between(0.1, 0.9) * canvas.width, canvas.between(0.08, 0.5) * canvas.height
    canvas.disc(*moon, canvas.between(0.03, 0.14) * canvas.height, hsv(0.14, 0.2, 0.98))
    for layer in range(canvas.chance.randint(1, 3)):
        line = canvas.ridge(canvas.between(0.6, 0.8) + layer * 0.1, canvas.between(0.08, 0.25), 60)
        canvas.ground(line, hsv(hue, 0.5, canvas.between(0.02, 0.3)))


def river(canvas: Canvas) -> None:
    """Paint a river through meadows with a bridge."""
    meadow = hsv(canvas.between(0.18, 0.42), canvas.between(0.3, 0.7), canvas.between(0.3, 0.7))
    canvas.gradient(meadow, mix(meadow, (250, 240, 190), 0.4), canvas.between(0, 360))
    water = hsv(canvas.between(0.48, 0.62), canvas.between(0.3, 0.7), canvas.between(0.4, 0.9))
    middle = canvas.ridge(canvas.between(0.3, 0.7), canvas.between(0.15, 0.4), 40)
    wide = canvas.between(0.05, 0.14) * canvas.height
    bank = [(x, y + wide * (1.2 + math.sin(x / 40))) for x, y in middle]
    canvas.draw.polygon([*((x, y - wide) for x, y in middle), *reversed(bank)], fill=water)
    x, y = middle[canvas.chance.randint(8, 32)]
    half = canvas.between(0.02, 0.05) * canvas.width
    canvas.draw.rectangle(
        (x - half, y - wide * 2, x + half, y + wide * 3), fill=hsv(0.07, 0.4, canvas.between(0.3, 0.8))
    )
    for _ in range(canvas.chance.randint(12, 40)):
        place = canvas.between(0, 1) * canvas.width, canvas.between(0, 1) * canvas.height
        canvas.disc(
            *place,
            canvas.between(0.01, 0.06) * canvas.height,
            mix(meadow, (10, 40, 20), canvas.between(0.2, 0.9)),
        )


OUTDOORS = (hills, sea, village, forest, fields, dunes, night, river)
