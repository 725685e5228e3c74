"""Canvas, palettes and cloud-like textures that the drawn scenes share."""

from __future__ import annotations

import colorsys
import math
import random
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """Give an RGB colour; the hue wraps around, the others are clipped to 0..1."""
    red, green, blue = colorsys.hsv_to_rgb(
        hue % 1.0, min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0)
    )
    return round(red * 255), round(green * 255), round(blue * 255)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Blend two colours; ``share`` 0 gives the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


@dataclass
class Canvas:
    """A picture being drawn, with the randomness of its seed. Painters work on it in place."""

    seed: int
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    image: Image.Image = field(init=False)
    draw: ImageDraw.ImageDraw = field(init=False)
    chance: random.Random = field(init=False)
    arrays: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.arrays = np.random.default_rng(self.seed)
        self.replace(Image.new("RGB", (self.width, self.height)))

    def replace(self, image: Image.Image) -> None:
        """Go on with another picture of the same size."""
        self.image = image
        self.draw = ImageDraw.Draw(image)

    def between(self, low: float, high: float) -> float:
        return self.chance.uniform(low, high)

    def gradient(self, first: Colour, second: Colour, angle_degrees: float) -> None:
        """Fill everything with a straight gradient; 90 degrees runs from top to bottom."""
        turn = math.radians(angle_degrees)
        x = np.linspace(-0.5, 0.5, 40, dtype=np.float32)[None, :] * math.cos(turn)
        y = np.linspace(-0.5, 0.5, 30, dtype=np.float32)[:, None] * math.sin(turn)
        share = np.clip((x + y) + 0.5, 0.0, 1.0)[..., None]
        pixels = np.asarray(first, np.float32) * (1 - share) + np.asarray(second, np.float32) * share
        small = Image.fromarray(pixels.astype(np.uint8))
        self.replace(small.resize((self.width, self.height), Image.Resampling.BILINEAR))

    def clouds(self, cells: tuple[int, ...] = (3, 6, 12, 24), roughness: float = 0.8) -> Image.Image:
        """Make a cloud-like grey texture that fills 0..255; ``cells`` are the blobs per side of each layer."""
        total: NDArray[np.float32] = np.zeros((120, 160), np.float32)
        weight = 1.0
        for count in cells:
            layer = Image.fromarray(self.arrays.random((count, count + 1), np.float32))
            total += weight * np.asarray(layer.resize((160, 120), Image.Resampling.BICUBIC))
            weight *= roughness
        low, high = float(total.min()), float(total.max())
        grey = ((total - low) * (255 / (high - low))).astype(np.uint8)
        return Image.fromarray(grey).resize((self.width, self.height), Image.Resampling.BILINEAR)

    def texture(
        self, strength: float, cells: tuple[int, ...] = (3, 6, 12, 24), roughness: float = 0.8
    ) -> None:
        """Lighten and darken the picture in cloud-like patches; ``strength`` 0..1."""
        clouds = self.clouds(cells, roughness).point(
            [round(128 + (grey - 128) * strength) for grey in range(256)]
        )
        self.replace(ImageChops.overlay(self.image, Image.merge("RGB", (clouds, clouds, clouds))))

    def grain(self, strength: int) -> None:
        """Add the fine noise of a camera's sensor, ``strength`` grey levels up or down at most."""
        noise = self.arrays.integers(0, 2 * strength + 1, (self.height, self.width), np.uint8)
        grey = Image.fromarray(noise)
        self.replace(ImageChops.add(self.image, Image.merge("RGB", (grey, grey, grey)), offset=-strength))

    def haze(self, colour: Colour, cells: tuple[int, ...] = (2, 4, 8, 16), strength: float = 0.8) -> None:
        """Lay patches of one colour over the picture, as clouds or mist."""
        mask = self.clouds(cells).point([round(max(0, grey - 96) * 1.6 * strength) for grey in range(256)])
        self.image.paste(colour, (0, 0, self.width, self.height), mask)

    def ridge(self, level: float, height: float, steps: int) -> list[Point]:
        """Give a jagged line from left to right; ``level`` and ``height`` are shares of the picture's height."""
        phases = [(self.between(0.4, 3.5), self.between(0, 6.3), self.between(0.2, 1.0)) for _ in range(4)]
        norm = sum(size for _, _, size in phases)
        points: list[Point] = []
        for step in range(steps + 1):
            place = step / steps
            wave = sum(size * math.sin(place * speed * 6.3 + phase) for speed, phase, size in phases) / norm
            points.append((place * self.width, (level + height * wave) * self.height))
        return points

    def ground(self, line: list[Point], colour: Colour) -> None:
        """Fill everything below a line."""
        self.draw.polygon([*line, (self.width, self.height), (0, self.height)], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
