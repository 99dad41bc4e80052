"""How far two colors are apart for eyes that lack a receptor.

Simulated as by Machado, Oliveira & Fernandes (2009), *A physiologically-based model for simulation
of color vision deficiency*, IEEE Trans. Vis. Comput. Graph. 15(6), for a receptor that is missing
(severity 1.0); the distance is that of the CIE 1976 in Lab.
"""

import numpy as np
from matplotlib.colors import to_rgb

EYES = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
}
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = np.array([0.95047, 1, 1.08883])


def apart(one: str, other: str, eyes: str) -> float:
    return float(np.linalg.norm(_lab(one, eyes) - _lab(other, eyes)))


def lightness(color: str) -> float:
    return float(_lab(color, "usual")[0])


def _lab(color: str, eyes: str) -> np.ndarray:
    rgb = np.array(to_rgb(color))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(EYES[eyes] @ linear, 0, 1)
    x, y, z = _f(_TO_XYZ @ seen / _WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _f(ratio: np.ndarray) -> np.ndarray:
    return np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
