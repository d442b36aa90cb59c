"""What core/standard_units.js should compute, by numpy and scipy."""

import numpy as np
from scipy.interpolate import NearestNDInterpolator


def standard_units_cases() -> dict:
    """Return codes of a Gaussian by its mean and the rows of root, and cells by the nearest middle."""
    rng = np.random.default_rng(3)
    mean, root, w = rng.normal(size=5), rng.normal(size=(5, 5)), rng.normal(size=5)
    grid, reach = rng.integers(0, 2, (4, 6)), 3.2
    y, x = (reach * ((2 * np.arange(n) + 1) / n - 1) for n in grid.shape)
    middles = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
    points = rng.uniform(-reach, reach, (200, 2))
    scale = reach * 2 / np.array([6, 4])  # so that the nearest middle is that of the cell
    return {
        "mean": mean,
        "root": root,
        "w": w,
        "z": mean + w @ root,
        "z_of_two": mean + np.pad(w[:2], (0, 3)) @ root,
        "grid": grid,
        "reach": reach,
        "points": points,
        "cells": NearestNDInterpolator(middles / scale, grid.ravel())(points / scale),
    }
