"""The positions of points along the axis of a film, for core/film.js."""

import numpy as np

MAX_POSITION = 65_535


def pack_positions(positions: np.ndarray) -> dict[str, np.ndarray]:
    """Return the tensors of positions [F, n, 2]: rounded to 16 bits between low and high [2]."""
    low, high = positions.min((0, 1)), positions.max((0, 1))
    levels = np.rint((positions - low) / np.where(high > low, high - low, 1) * MAX_POSITION)
    return {
        "positions": levels.astype(np.uint16),
        "low": low.astype(np.float32),
        "high": high.astype(np.float32),
    }


def unpack_positions(tensors: dict[str, np.ndarray]) -> np.ndarray:
    """Return the positions [F, n, 2] of tensors that pack_positions() made."""
    return tensors["low"] + tensors["positions"] / MAX_POSITION * (tensors["high"] - tensors["low"])
