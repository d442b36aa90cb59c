"""Print what was measured of densities (explorer.runs.measure_densities)."""

from collections.abc import Callable, Sequence

from tqdm import tqdm

from explorer.latent.estimate import Estimate
from explorer.latent.share import Share
from explorer.runs.measure_densities import DensityMeasures

HEADINGS = {
    "gap": "gap",
    "reverse_gap": "reverse gap",
    "unsure": "below 90%",
    "pixel_density": "density, pixels",
    "pixel_coverage": "coverage, pixels",
    "feature_density": "density, features",
    "feature_coverage": "coverage, features",
}


def _figures(m: DensityMeasures) -> dict[str, Share | Estimate | None]:
    return {
        "gap": m.gap,
        "reverse_gap": m.reverse_gap,
        "unsure": m.unsure,
        "pixel_density": m.pixels.density,
        "pixel_coverage": m.pixels.coverage,
        "feature_density": m.features and m.features.density,
        "feature_coverage": m.features and m.features.coverage,
    }


def row_of(m: DensityMeasures) -> dict:
    """Return the figures as JSON: each one as its name, with _low and _high for its 95% interval."""
    row: dict = {"density": m.name, "n": m.n, "n_images": m.n_images}
    for name, figure in _figures(m).items():
        value = figure.share if isinstance(figure, Share) else figure and figure.value
        row |= {name: value, f"{name}_low": figure and figure.low, f"{name}_high": figure and figure.high}
    return row


def print_table(run: str, measured: Sequence[DensityMeasures]) -> None:
    """Print a table with a line for each density, and the real images last."""
    first = measured[0]
    print(
        f"{run}: {first.n:,} test codes and as many samples; {first.n_images:,} decoded samples and as many"
        " test images; 95% intervals over samples and test images (below 90%: over samples), not over"
        " trainings"
    )
    cells = [["", *HEADINGS.values()]]
    cells += [[m.label, *("–" if f is None else str(f) for f in _figures(m).values())] for m in measured]
    widths = [max(map(len, column)) for column in zip(*cells)]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def share_bar(label: str) -> Callable[[float], None]:
    """Show a share that is done, on stderr if it is a terminal."""
    bar = tqdm(
        total=1.0, desc=label, disable=None, bar_format="{desc}: {percentage:3.0f}% |{bar}|", leave=False
    )

    def show(share: float) -> None:
        bar.n = share
        bar.refresh()
        if share >= 1:
            bar.close()

    return show
