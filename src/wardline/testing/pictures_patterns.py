"""Scenes from town and pure patterns: skylines, tiles, waves, mosaics, balloons, gardens, lattices."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from wardline.testing.pictures_canvas import Canvas, Colour, hsv, mix


def _palette(canvas: Canvas, size: int) -> list[Colour]:
    """Give colours around one hue and its opposite, of clearly different brightness."""
    hue = canvas.between(0, 1)
    return [
        hsv(
            hue + canvas.chance.choice((0.0, 0.08, 0.5, 0.58)),
            canvas.between(0.2, 0.9),
            0.15 + 0.8 * step / (size - 1),
        )
        for step in range(size)
    ]


def skyline(canvas: Canvas) -> None:
    """Paint a town's towers with lit windows."""
    hue = canvas.between(0, 1)
    canvas.gradient(
        hsv(hue, 0.5, canvas.between(0.2, 0.9)), hsv(hue + 0.1, 0.4, canvas.between(0.4, 1.0)), 90
    )
    canvas.haze((255, 250, 240), strength=canvas.between(0.3, 0.9))
    for layer in range(canvas.chance.randint(2, 3)):
        shade = hsv(hue + 0.5, 0.25, canvas.between(0.1, 0.75) / (layer + 1))
        x = -canvas.between(0, 0.1) * canvas.width
        while x < canvas.width:
            wide = canvas.between(0.04, 0.14) * canvas.width
            _tower(
                canvas,
                x,
                wide,
                canvas.between(0.08, 0.8) * canvas.height + layer * 0.1 * canvas.height,
                shade,
            )
            x += wide + canvas.between(0, 0.05) * canvas.width


def _tower(canvas: Canvas, x: float, wide: float, top: float, shade: Colour) -> None:
    wall = mix(shade, (255, 255, 255), canvas.between(0, 0.3))
    canvas.draw.rectangle((x, top, x + wide, canvas.height), fill=wall)
    lit = hsv(canvas.between(0.1, 0.16), 0.5, canvas.between(0.5, 1.0))
    step = max(6.0, canvas.height * canvas.between(0.03, 0.07))
    rows, columns = int((canvas.height - top) / step), max(1, int(wide / step))
    for row in range(rows):
        for column in range(columns):
            if canvas.chance.random() < 0.45:
                left, upper = x + (column + 0.25) * wide / columns, top + (row + 0.3) * step
                canvas.draw.rectangle(
                    (left, upper, left + wide / columns * 0.5, upper + step * 0.5), fill=lit
                )


def tiles(canvas: Canvas) -> None:
    """Lay tiles of squares, discs, triangles and quarter arcs."""
    colours = _palette(canvas, 6)
    count = canvas.chance.randint(5, 10)
    side = canvas.width / count
    for i in range(count):
        for j in range(math.ceil(canvas.height / side)):
            x, y = i * side, j * side
            canvas.draw.rectangle((x, y, x + side, y + side), fill=canvas.chance.choice(colours))
            _tile(canvas, x, y, side, canvas.chance.choice(colours))


def _tile(canvas: Canvas, x: float, y: float, side: float, colour: Colour) -> None:
    match canvas.chance.randint(0, 3):
        case 0:
            canvas.disc(x + side / 2, y + side / 2, side * canvas.between(0.2, 0.5), colour)
        case 1:
            corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
            canvas.draw.polygon(canvas.chance.sample(corners, 3), fill=colour)
        case 2:
            start = canvas.chance.choice((0, 90, 180, 270))
            corner_x, corner_y = x + side * (start in (90, 180)), y + side * (start in (180, 270))
            box = (corner_x - side, corner_y - side, corner_x + side, corner_y + side)
            canvas.draw.pieslice(box, start, start + 90, fill=colour)
        case _:
            inset = side * canvas.between(0.1, 0.35)
            canvas.draw.rectangle((x + inset, y + inset, x + side - inset, y + side - inset), fill=colour)


def waves(canvas: Canvas) -> None:
    """Let several plane and ring waves interfere, and colour the sum."""
    rows, columns = np.mgrid[0:120, 0:160].astype(np.float32) / 120
    total = np.zeros_like(rows)
    for _ in range(canvas.chance.randint(4, 7)):
        if canvas.chance.random() < 0.5:
            turn, speed = canvas.between(0, 6.3), canvas.between(3, 30)
            total += np.sin(
                (rows * math.sin(turn) + columns * math.cos(turn)) * speed + canvas.between(0, 6.3)
            )
        else:
            distance = np.hypot(rows - canvas.between(0, 1), columns - canvas.between(0, 1.33))
            total += np.sin(distance * canvas.between(10, 35) + canvas.between(0, 6.3))
    share = (total - total.min()) / np.ptp(total)
    stops = np.asarray(_palette(canvas, 5), np.float32)
    channels = [np.interp(share, np.linspace(0, 1, 5), stops[:, channel]) for channel in range(3)]
    small = Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8))
    canvas.replace(small.resize((canvas.width, canvas.height), Image.Resampling.BICUBIC))


def mosaic(canvas: Canvas) -> None:
    """Lay a mosaic of irregular pieces, each nearest to one of many points."""
    count = canvas.chance.randint(30, 90)
    points = canvas.arrays.random((count, 2), np.float32) * np.asarray((1.0, 1.33), np.float32)
    rows, columns = np.mgrid[0:120, 0:160].astype(np.float32) / 120
    distances = (rows[..., None] - points[:, 0]) ** 2 + (columns[..., None] - points[:, 1]) ** 2
    colours = np.asarray([canvas.chance.choice(_palette(canvas, 8)) for _ in range(count)], np.uint8)
    small = Image.fromarray(colours[distances.argmin(axis=-1)])
    canvas.replace(small.resize((canvas.width, canvas.height), Image.Resampling.BILINEAR))


def balloons(canvas: Canvas) -> None:
    """Paint balloons and kites in a sky."""
    hue = canvas.between(0.5, 0.7)
    canvas.gradient(hsv(hue, 0.6, canvas.between(0.5, 0.9)), hsv(hue, 0.2, 1.0), canvas.between(60, 120))
    canvas.haze((255, 255, 255), strength=1.0)
    for _ in range(canvas.chance.randint(5, 14)):
        x, y = canvas.between(0, 1) * canvas.width, canvas.between(0, 1) * canvas.height
        size = canvas.between(0.04, 0.18) * canvas.height
        first, second = canvas.chance.sample(_palette(canvas, 6), 2)
        canvas.disc(x, y, size, first)
        canvas.draw.ellipse((x - size * 0.4, y - size, x + size * 0.4, y + size), fill=second)
        canvas.draw.polygon(
            [(x - size * 0.5, y + size * 0.8), (x + size * 0.5, y + size * 0.8), (x, y + size * 1.4)],
            fill=second,
        )
        canvas.draw.rectangle(
            (x - size * 0.18, y + size * 1.45, x + size * 0.18, y + size * 1.7), fill=(92, 64, 40)
        )


def garden(canvas: Canvas) -> None:
    """Paint a bed of flowers from above."""
    leaf = hsv(canvas.between(0.22, 0.42), canvas.between(0.4, 0.8), canvas.between(0.15, 0.5))
    canvas.gradient(leaf, mix(leaf, (0, 0, 0), 0.5), canvas.between(0, 360))
    colours = _palette(canvas, 6)
    for _ in range(canvas.chance.randint(20, 60)):
        x, y = canvas.between(0, 1) * canvas.width, canvas.between(0, 1) * canvas.height
        size, petals = canvas.between(0.02, 0.09) * canvas.height, canvas.chance.randint(5, 8)
        colour, turn = canvas.chance.choice(colours), canvas.between(0, 6.3)
        for petal in range(petals):
            angle = turn + petal * math.tau / petals
            canvas.disc(
                x + math.cos(angle) * size * 0.7, y + math.sin(angle) * size * 0.7, size * 0.45, colour
            )
        canvas.disc(x, y, size * 0.4, hsv(canvas.between(0.08, 0.16), 0.8, 0.95))


def lattice(canvas: Canvas) -> None:
    """Cross bands of several directions and widths, as a woven cloth seen close."""
    colours = _palette(canvas, 7)
    canvas.gradient(colours[0], colours[-1], canvas.between(0, 360))
    reach = math.hypot(canvas.width, canvas.height)
    for _ in range(canvas.chance.randint(10, 22)):
        angle, shift = canvas.between(0, math.pi), canvas.between(-0.6, 0.6) * reach
        x, y = canvas.width / 2 - math.sin(angle) * shift, canvas.height / 2 + math.cos(angle) * shift
        ends = [(x + side * math.cos(angle) * reach, y + side * math.sin(angle) * reach) for side in (-1, 1)]
        wide = round(canvas.between(0.01, 0.09) * canvas.height)
        canvas.draw.line(ends, fill=canvas.chance.choice(colours), width=max(2, wide))


PATTERNS = (skyline, tiles, waves, mosaic, balloons, garden, lattice)
