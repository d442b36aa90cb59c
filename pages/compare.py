"""An AE and a VAE of the same images, side by side."""

import streamlit as st

from explorer.latent.gaps import MOST_CODES
from explorer.store.embedding import FILM_ROWS
from explorer.store.ownership import public_name
from explorer.ui import catalogue, words
from explorer.ui.compare import pairs
from explorer.ui.compare.view import ADDRESS, compare_view, follow_link

PAIR = "pair"
IMAGES = "images of the pair"
AE = "ae of the pair"
VAE = "vae of the pair"
CHOSEN = "a pair was chosen"
runs, _ = catalogue.all_runs()
by_name = {run.name: run for run in runs}
chosen = st.session_state.pop(CHOSEN, False)
in_address = [None if chosen else st.query_params.get(name) for name in ("ae", "vae")]
pair, wrong = pairs.asked(*(in_address if any(in_address) else st.session_state.get(PAIR, in_address)), runs)
pair = pair or pairs.usual(runs)
if wrong:
    st.warning(public_name(wrong + (f" The page shows {pair[0].name} and {pair[1].name}." if pair else "")))
if not pair:
    st.info(
        "There is no pair of an AE and a VAE of the same images yet. Train both: "
        "`python -m explorer train --dataset digits --model ae`, and the same with `--model ladder`."
    )
    st.stop()
ae, vae = pair
st.session_state.update({PAIR: (ae.name, vae.name), IMAGES: pairs.images_of(vae), AE: ae.name, VAE: vae.name})


def choose(names: tuple[str, str]) -> None:
    """The address still says the previous pair: it is not followed this once."""
    st.session_state[PAIR], st.session_state[CHOSEN] = names, True
    ADDRESS.leave()


def choose_images() -> None:
    choose(tuple(run.name for run in pairs.usual(runs, st.session_state[IMAGES])))


def choose_runs() -> None:
    choose((st.session_state[AE], st.session_state[VAE]))


head, about = st.columns([1, 2.6], vertical_alignment="center")
shown = words.as_text(words.dataset(vae))
with head.popover(
    f"{shown} · {vae.spec.latent_dim}-D", width="stretch", help="Choose other images or other models."
):
    images = {pairs.images_of(run): run for run in runs if pairs.partner(run, runs)}
    st.selectbox(
        "Images",
        images,
        key=IMAGES,
        on_change=choose_images,
        format_func=lambda key: words.dataset(images[key]),
    )
    for label, key, fitting in (
        ("AE, left", AE, [run.name for run in runs if pairs.fits(run, vae)]),
        ("VAE, right", VAE, [run.name for run in runs if pairs.fits(ae, run)]),
    ):
        st.selectbox(
            label,
            fitting,
            key=key,
            on_change=choose_runs,
            format_func=lambda name: words.title(by_name[name]),
        )
about.markdown(
    "**Move over either map:** both networks decode z at the same position. Grey areas contain no codes: they"
    " are **gaps**." + (" Drag **β** and watch them change." if vae.film else "")
)
follow_link(ae, vae)
compare_view(ae, vae)
with st.expander("Figures and how they are measured"):
    st.markdown(
        "  \n".join(
            f"{words.as_text(words.title(run))}: {words.figures(run)}{words.making(run)}" for run in pair
        )
        + f"{pairs.differences(ae, vae)}\n\nThe figure **gap** is the share of samples of the Gaussian fitted"
        " to the codes that are in gaps: their nearest code is farther away than their fifth nearest"
        f" sample. It is the mean of ten measurements, each of {min(vae.test.n, MOST_CODES):,} codes and as"
        " many samples, with a 95% interval over samples and images. Gaps of different numbers of codes"
        " are not comparable. A VAE's codes are here *samples* of its posteriors; the maps show the"
        f" posterior *means* of {min(vae.test.n, FILM_ROWS):,} images.\n\nThe address of this page is"
        " a link to its present state."
    )
