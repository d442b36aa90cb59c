"""What the tools say about the known factors of the images: how codes separate them, and what a direction
changes.
"""

from pathlib import Path

import numpy as np

from explorer.errors import UserError
from explorer.latent.disentanglement import Separation, measure_separation
from explorer.latent.estimate import Estimate, estimate_means
from explorer.latent.share import format_percent
from explorer.store.regressor import Regressor
from explorer.store.separations import describe_separations, list_separations
from explorer.ui.components.prose import st
from explorer.ui.explore.session import ExploreSession
from explorer.views import words
from explorer.views.run_view import RunView, run_version

MAX_CODES = 500  # to which a direction is added, at most


def show_separation(session: ExploreSession) -> None:
    """Show MIG and SAP, and the dimension with most information about each factor; nothing without known
    factors.
    """
    try:
        s = _separation(session.run.folder, run_version(session.run), session.beta, session)
    except UserError:  # no known factors, one dimension, or too few images
        return
    st.caption(
        f"**MIG {_interval(s.mig)}, SAP {_interval(s.sap)}**: how far the best dimension is ahead of the"
        f" second best, averaged over {len(s.factors)} known factors; {s.mig.n:,} test images, 95% interval"
        " over images. MIG compares information, as a share of the factor's entropy; SAP compares R², or the"
        " accuracy of a threshold."
        + (f" {over_seeds}" if (over_seeds := describe_separations(list_separations(session.run))) else "")
    )
    with st.expander("The best dimension for each factor"):
        st.dataframe(
            {
                "factor": [f.name.replace("_", " ") for f in s.factors],
                "dimension": [words.dimension_label(f.best_dimension) for f in s.factors],
                "information, % of entropy": [_share(f.two_best[0]) for f in s.factors],
                "second best": [_share(f.two_best[1]) for f in s.factors],
            },
            hide_index=True,
        )


@st.cache_data(max_entries=64, show_spinner=False)
def _separation(folder: Path, version: str, beta: float | None, _session: ExploreSession) -> Separation:
    mu = _session.posteriors()[0]
    factors = RunView(_session.run).embedding.factors
    return measure_separation(mu, {name: values[: len(mu)] for name, values in factors.items()})


def show_changes(session: ExploreSession, name: str, vector: np.ndarray) -> None:
    """Show by how much a direction changes each known factor of decoded images; nothing without a regressor
    of the data set.
    """
    result = _changes(session.run.folder, run_version(session.run), session.beta, tuple(vector), session)
    if not result:
        return
    regressor, changes = result
    relative = np.array([c.value for c in changes]) / regressor.sd
    st.markdown(f"**What +1 {words.escape_markdown(name)} changes**")
    st.dataframe(
        {
            "factor": [
                factor.replace("_", " ") + (f" ({unit})" if unit else "")
                for factor, unit in zip(regressor.names, regressor.units)
            ],
            "change": [f"{_signed(c.value)} ({_signed(c.low)} to {_signed(c.high)})" for c in changes],
            "in SD": [_signed(share) for share in relative],
            "R² of reading": regressor.format_r_squared(),
        },
        hide_index=True,
    )
    st.caption(
        f"Mean change over {changes[0].n:,} codes of test images, with its 95% interval. A regressor reads"
        f" the factors in the decoded images; its R² is that on {regressor.n_test:,} test images, with"
        " its 95% interval over them. SD: the standard deviation of the factor in the training images."
    )


@st.cache_data(max_entries=64, show_spinner="Reading the factors…")
def _changes(
    folder: Path, version: str, beta: float | None, vector: tuple[float, ...], _session: ExploreSession
) -> tuple[Regressor, list[Estimate]] | None:
    from explorer.runs.regressor import load_factor_reader

    if not (reader := load_factor_reader(_session.run)):
        return None
    mu = _session.posteriors()[0][:MAX_CODES]
    y = RunView(_session.run).embedding.y[: len(mu)]
    before, after = (reader.read(_session.decode(z, y)) for z in (mu, mu + np.array(vector)))
    return reader.regressor, estimate_means(after - before)


def _signed(value: float) -> str:
    """Return the value with two decimals and its sign; 0.00 without one."""
    rounded = round(value, 2)
    return ("+" if rounded > 0 else "") + words.format_number(rounded or 0.0, 2)


def _share(estimate: Estimate) -> str:
    """Return a share with its interval, which ends at 0 and 100%."""
    return format_percent(estimate.value, max(estimate.low, 0), min(estimate.high, 1))


def _interval(estimate: Estimate) -> str:
    value, low, high = (words.format_number(v, 2) for v in (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low} to {high})"
