"""t-SNE: codes of any dimension on a plane, near ones near each other (van der Maaten and Hinton, JMLR 2008).

scikit-learn places them, in a process of its own, which keeps the app fluid and can be ended at any time:
this very module, run with the number of codes. It reads them from its input and writes its progress by the
line, PLACES, and the places.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen

import numpy as np

from explorer.errors import UserError

PROJECT_FOLDER = Path(__file__).parents[2]
MIN_CODES = 10
PERPLEXITY = 30.0  # about the number of neighbours that count
N_ITERATIONS = 1000
POSITIONS_HEADER = b"places\n"


def tsne(codes: np.ndarray) -> Iterator[float | np.ndarray]:
    """Yield the share done, rising from 0 to at most 1, and last the places of codes [n, D], float32 [n, 2],
    always the same.

    Closed early, it ends its process. Raises UserError for fewer than MIN_CODES codes, codes that are all
    the same point or not finite, or if the process is ended by others.
    """
    codes = np.array(codes, np.float32)
    if len(codes) < MIN_CODES:
        raise UserError(
            f"t-SNE needs {MIN_CODES} codes or more, and there are {len(codes)}. Use more test images."
        )
    if not np.isfinite(codes).all():
        raise UserError("Not all codes are finite numbers. Train the run again.")
    if (codes == codes[0]).all():
        raise UserError("All codes are the same point, so t-SNE finds no neighbours. Train the model longer.")
    if codes.shape[1] == 1:
        codes = np.pad(codes, ((0, 0), (0, 1)))  # PCA needs two dimensions; distances are unchanged
    command = [sys.executable, "-u", "-m", "explorer.latent.tsne", str(len(codes))]
    # Several threads would add in a different order each time.
    one_thread = os.environ | {"OMP_NUM_THREADS": "1"}
    with Popen(command, cwd=PROJECT_FOLDER, env=one_thread, stdin=PIPE, stdout=PIPE) as process:
        try:
            assert process.stdin and process.stdout  # they are pipes
            yield 0.0
            with suppress(BrokenPipeError), process.stdin as its_input:
                its_input.write(codes.tobytes())
            for line in process.stdout:
                if line == POSITIONS_HEADER:
                    break
                if match := re.search(rb"Iteration (\d+): error", line):
                    yield min(int(match[1]) / N_ITERATIONS, 1.0)
            places = process.stdout.read()
            if len(places) != 8 * len(codes):
                raise UserError(
                    "The t-SNE process ended too early. Start it again, with fewer codes if there is too"
                    " little memory."
                )
            yield np.frombuffer(places, np.float32).reshape(-1, 2).copy()
        finally:
            process.kill()


def tsne_parameters(n: int) -> dict:
    """Return scikit-learn's parameters for n codes: a perplexity whose three times as many neighbours are
    there (van der Maaten, JMLR 2014, §4.1).
    """
    return {
        "perplexity": min(PERPLEXITY, (n - 1) / 3),
        "max_iter": N_ITERATIONS,
        "init": "pca",
        "random_state": 0,
    }


def _run_subprocess(n: int) -> None:
    """Serve one client. scikit-learn (1.9) reports progress only in what it prints; without it the bar stays
    at 0.
    """
    from sklearn.manifold import TSNE

    codes = np.frombuffer(sys.stdin.buffer.read(), np.float32).reshape(n, -1)
    places = TSNE(verbose=2, **tsne_parameters(n)).fit_transform(codes)
    sys.stdout.buffer.write(POSITIONS_HEADER + places.astype(np.float32).tobytes())


if __name__ == "__main__":
    _run_subprocess(int(sys.argv[1]))
