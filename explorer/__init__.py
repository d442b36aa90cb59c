"""Latent Space Explorer: train, map and walk through the latent spaces of autoencoders.

Importing this package imports neither torch nor streamlit.
"""

import os

# GNU OpenMP threads that spin while they wait starve each other on a busy machine. The variable is read once,
# when torch is imported, so it is set before anything can do that.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
# Those of OpenBLAS spin too, even for products of 2×2 matrices. It is read when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
