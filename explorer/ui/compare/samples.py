"""Samples of both models: of the left one from a density that is chosen, of the right one from its prior."""

from dataclasses import replace

import numpy as np

from explorer.errors import UserError
from explorer.latent.densities.aggregate import AggregatePosterior
from explorer.latent.densities.density import Density
from explorer.latent.densities.mixture import standard_normal
from explorer.registry import DENSITIES
from explorer.store.run import Run
from explorer.ui.compare.notes import CONFIDENCE_HELP
from explorer.ui.compare.sample_figures import (
    AGGREGATE,
    COVERAGE_HELP,
    GAPS_HELP,
    conclude_confidence,
    conclude_coverage,
    figures_of_real_images,
    figures_sentence,
    gaps_of_samples,
    held_out,
    low_confidence_of_samples,
    uncovered_by_samples,
)
from explorer.ui.components.densities import await_density
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.ui.components.settings import AE_DENSITY, Setting
from explorer.views.pairs import is_conditional, side_names
from explorer.views.run_view import RunView, run_version

N_SHOWN, IMAGES_PER_ROW = 32, 8
VAE_DENSITY = replace(AE_DENSITY, options=("", *DENSITIES))  # of a left model that has a prior
LABELS = {"": "No samples", AGGREGATE: "Codes of test images"}
PROMPT = (
    "Choose the density from which the {left}'s codes are sampled, and compare its samples with those of the"
    " {right} from its prior."
)
CLASSES_NOTE = " Each sample of a conditional VAE is decoded with the class of a random test image."


def density_setting(left: Run) -> Setting:
    """Return the setting of the density of the left side: an AE has no prior."""
    return VAE_DENSITY if left.spec.has_prior else AE_DENSITY


def show_samples(ae: Run, vae: Run, beta: float | None) -> None:
    """Draw the choice of a density, and samples of both models. beta: the KL weight of a ladder."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    names, setting = side_names(ae, vae), density_setting(ae)
    with left:
        name = setting.selectbox(
            f"Sample the {names[0]} from", setting.options, lambda name: _label(name, ae.spec.has_prior)
        )
    note = CLASSES_NOTE if is_conditional(ae) or is_conditional(vae) else ""
    right.caption(PROMPT.format(left=names[0], right=names[1]) + note)
    if not name:
        return
    density = _density_of_ae(ae, name)
    if density is None:
        return
    prior = standard_normal(np.empty((0, vae.spec.latent_dim)))
    n = min(len(held_out(run_version(run), run)[0]) for run in (ae, vae)) // 2
    columns, unsure, uncovered = st.columns(2, gap="medium"), [], []
    for column, run, of_run, at, title in (
        (
            columns[0],
            ae,
            density,
            None,
            f"{_title(names[0])}, {_in_sentence(_label(name, ae.spec.has_prior))}",
        ),
        (columns[1], vae, prior, beta, f"{_title(names[1])}, prior"),
    ):
        with column:
            st.markdown(f"**{title}**")
            _show_images(run, of_run, at, title)
            unsure.append(low_confidence_of_samples(run_version(run), of_run.name, at, run, of_run))
            uncovered.append(uncovered_by_samples(run_version(run), of_run.name, at, n, run, of_run))
            gaps = None
            if run is ae:
                try:
                    gaps = gaps_of_samples(run_version(run), name, run, of_run)
                except UserError as error:  # too few codes, or all are one point
                    st.caption(str(error))
            st.caption(
                figures_sentence(gaps, unsure[-1], uncovered[-1]),
                help=" ".join([GAPS_HELP] * bool(gaps) + [COVERAGE_HELP, CONFIDENCE_HELP]),
            )
    for conclusion in (conclude_confidence(*unsure, names), conclude_coverage(*uncovered, names)):
        if conclusion:
            st.markdown(conclusion)
    if sentence := figures_sentence(None, *figures_of_real_images(run_version(ae), n, ae)):
        st.caption(f"Real test images (coverage: one half against the other): {_in_sentence(sentence)}")


def _label(name: str, has_prior: bool) -> str:
    return DENSITIES[name].label if has_prior and name else LABELS.get(name) or DENSITIES[name].label


def _in_sentence(label: str) -> str:
    """Return the label as it stands within a sentence."""
    return label[:1].lower() + label[1:]


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]


def _density_of_ae(ae: Run, name: str) -> Density | None:
    if name == AGGREGATE:
        e = RunView(ae).embedding
        return AggregatePosterior(e.mu, e.logvar)
    return await_density(ae, name)


def _show_images(run: Run, density: Density, beta: float | None, title: str) -> None:
    from explorer.runs.inference import draw_classes

    view = RunView(run)
    zs = density.sample(N_SHOWN, np.random.default_rng(0))
    index = view.gap_index(beta)
    gaps = index.log2_distance_ratio(zs) > 0 if index else np.zeros(N_SHOWN, bool)
    loaded, suffixes = view.load(beta), [""] * N_SHOWN
    y = draw_classes(loaded, N_SHOWN, 0)
    if is_conditional(run):
        suffixes = [f", class {run.class_names[label]}" for label in y]
    gallery(
        f"samples-{run.name}-{run_version(run)}",
        f"Samples: {title}",
        loaded.decode(zs, y),
        [
            f"sample {i + 1}{suffix}{', in a gap' if gap else ''}"
            for i, (suffix, gap) in enumerate(zip(suffixes, gaps))
        ],
        IMAGES_PER_ROW,
        underlined=np.flatnonzero(gaps),
        underline_note=f"Underlined: {gaps.sum()} of {N_SHOWN} in a gap.",
    )
