"""What was measured or fitted after the training of a run, and is kept with it: the terms of its rate, its
gaps, the shares by which they are compared, its densities, and their shares. All of it can be computed again,
so the record of the run does not name these files. What explorer.runs.training_images keeps depends on the
training images of this machine, and is not part of its zip file.
"""

import numpy as np

from explorer.registry import DENSITIES
from explorer.runs.densities import stored_density
from explorer.runs.density_shares import DENSITIES_FILE, read_density_shares
from explorer.runs.gap_estimates import GAP_ESTIMATES_FILE, read_gap_estimates
from explorer.runs.gap_shares import GAPS_FILE, read_gap_shares
from explorer.runs.surgery import SURGERY_FILE, read_surgeries
from explorer.store.density import density_file
from explorer.store.run import Run

DENSITY_OF_FILE = {density_file(name): name for name, kind in DENSITIES.items() if kind.is_fitted}
KEPT_FILES = (SURGERY_FILE, GAP_ESTIMATES_FILE, GAPS_FILE, DENSITIES_FILE, *DENSITY_OF_FILE)
N_CHECKED = 3  # samples of a density


def is_usable(run: Run, file: str) -> bool:
    """Return whether one of the KEPT_FILES, in the folder of a run, belongs to its weights and is intact."""
    if file == SURGERY_FILE:
        return run.spec.has_prior and bool(read_surgeries(run))
    if file == GAP_ESTIMATES_FILE:
        return read_gap_estimates(run) is not None
    if file == GAPS_FILE:
        return read_gap_shares(run) is not None
    if file == DENSITIES_FILE:
        return read_density_shares(run) is not None
    if run.spec.n_codes or not (density := stored_density(run, DENSITY_OF_FILE[file])):
        return False
    with np.errstate(all="ignore"):
        z = density.sample(N_CHECKED, np.random.default_rng(0)).astype(np.float32)
    return z.shape == (N_CHECKED, run.spec.latent_dim) and bool(np.isfinite(z).all())
