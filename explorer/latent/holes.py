"""Find the holes of a latent space: where samples lie that have no code near (explorer.latent.gaps), how many
they are, and the classes of the codes around them.
"""

from dataclasses import dataclass

import numpy as np

from explorer.latent.gap_map import GAP_THRESHOLD, GapIndex, shade_gaps
from explorer.latent.gaps import neighbours
from explorer.latent.share import Share, share_of_count

N_NEIGHBOURS = 200  # of a sample, among which the nearest code of another class is looked for
MIN_SAMPLES = 5  # of a hole, and in gaps at a border


@dataclass(frozen=True)
class Hole:
    """z: its deepest sample, [D]; depth: how many times as far as usual the nearest code is from there;
    share: of all samples that lie in it; classes: of the codes nearest to these samples, the most frequent
    first; n: the number of samples in it.
    """

    z: np.ndarray
    depth: float
    share: Share
    classes: list[tuple[int, Share]]
    n: int


@dataclass(frozen=True)
class Border:
    """The samples between two classes: those whose nearest code is of one, and whose nearest code of another
    class is of the other. share: of these samples that lie in gaps; n_gaps: their number.
    """

    classes: tuple[int, int]
    share: Share
    n_gaps: int


@dataclass(frozen=True)
class Holes:
    """The holes of n samples, the largest first, and the borders of classes, those with the most samples in
    gaps first. by_place: whether a hole is a connected part of the map; otherwise, in more than two
    dimensions, it is the samples in gaps between two classes.
    """

    n: int
    share: Share
    by_place: bool
    holes: list[Hole]
    borders: list[Border]


def find_holes(index: GapIndex, samples: np.ndarray, y: np.ndarray) -> Holes:
    """Return the holes in which samples [n, D] lie. y int [N]: the classes of the images of which index.codes
    are codes.
    """
    depth = index.log2_distance_ratio(samples)
    in_gap = depth > 0
    pairs = _bordering_classes(index, samples, y[index.rows])
    shading = shade_gaps(index)
    if shading:
        part = _parts_of_map(samples, *shading)
        in_gap = in_gap & (part > 0)
    else:
        part = 1 + pairs.min(1) * (int(y.max()) + 1) + pairs.max(1)
    holes = [
        _hole(samples, depth, in_gap & (part == label), pairs[:, 0]) for label in np.unique(part[in_gap])
    ]
    return Holes(
        len(samples),
        share_of_count(int((depth > 0).sum()), len(samples)),
        shading is not None,
        sorted((hole for hole in holes if hole.n >= MIN_SAMPLES), key=lambda hole: -hole.n),
        _borders(pairs, depth > 0),
    )


def _bordering_classes(index: GapIndex, samples: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return int [n, 2]: the class of the code nearest to each sample, and that of the nearest code of
    another class; the same one again where the nearest codes have no other. y: of the codes.
    """
    _, rows = neighbours(index.whitened, index.fitted.whiten(samples), min(N_NEIGHBOURS, len(y)))
    classes = y[rows]
    is_other = classes != classes[:, :1]
    return np.stack([classes[:, 0], classes[np.arange(len(rows)), is_other.argmax(1)]], 1)


def _parts_of_map(samples: np.ndarray, bounds: np.ndarray, shade: np.ndarray) -> np.ndarray:
    """Return the number of the connected part of the shaded map in which each sample lies, int [n]; 0 outside
    all parts.
    """
    from scipy.ndimage import label

    parts, _ = label(shade > GAP_THRESHOLD)
    rows, columns = shade.shape
    low, high = bounds.reshape(2, 2)
    points = samples if samples.shape[1] == 2 else np.column_stack([samples, np.zeros(len(samples))])
    cells = np.floor((points - low) / (high - low) * (columns, rows)).astype(int)
    inside = ((cells >= 0) & (cells < (columns, rows))).all(1)
    return np.where(inside, parts[np.where(inside, cells[:, 1], 0), np.where(inside, cells[:, 0], 0)], 0)


def _hole(samples: np.ndarray, depth: np.ndarray, inside: np.ndarray, nearest: np.ndarray) -> Hole:
    n = int(inside.sum())
    deepest = int(np.argmax(np.where(inside, depth, -np.inf)))
    labels, counts = np.unique(nearest[inside], return_counts=True)
    classes = sorted(zip(labels.tolist(), counts.tolist()), key=lambda pair: -pair[1])
    return Hole(
        samples[deepest],
        float(2 ** depth[deepest]),
        share_of_count(n, len(samples)),
        [(label, share_of_count(count, n)) for label, count in classes],
        n,
    )


def _borders(pairs: np.ndarray, in_gap: np.ndarray) -> list[Border]:
    """Return the borders with at least MIN_SAMPLES samples in gaps. pairs int [n, 2], in_gap bool [n]."""
    of_border: dict[tuple[int, ...], list[bool]] = {}
    for pair, is_in_gap in zip(np.sort(pairs, 1).tolist(), in_gap.tolist()):
        if pair[0] != pair[1]:
            of_border.setdefault(tuple(pair), []).append(is_in_gap)
    borders = [
        Border((first, second), share_of_count(sum(values), len(values)), sum(values))
        for (first, second), values in of_border.items()
        if sum(values) >= MIN_SAMPLES
    ]
    return sorted(borders, key=lambda border: -border.n_gaps)
