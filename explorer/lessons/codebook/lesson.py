"""The VQ-VAE: a code is a sequence of entries of one codebook."""

import numpy as np
import streamlit as st

from explorer.figures.images import enlarge
from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.components.plots import plots
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_name, read_mathematics, resample_button, tex
from explorer.ui.run_view import RunView, run_version

NAME = "codebook"
PAGE = page_name(NAME)
RUN = "digits-vqvae"
UNEDITED = -1  # the code's own entry
IMAGE = Setting("image", 0, 0, 359, page=PAGE)
POSITION = Setting("place", 1, 1, 4, page=PAGE)
ENTRY = Setting("entry", UNEDITED, UNEDITED, 31, page=PAGE)
SEED = Setting("seed", 0, 0, 999, page=PAGE)
GALLERY_COLUMNS = 8  # images

x, z, ze, e, ek = tex("x", "x"), tex("z", "z"), tex("mu", "z_e"), tex("z", "e"), tex("z", "e_k")
distortion, rate = tex("distortion", rf"-\log p({x}|{z})"), tex("rate", r"G \log K")
MATHEMATICS = read_mathematics(__file__, ze=ze, x=x, e=e, z=z, ek=ek, distortion=distortion, rate=rate)

LESSON = Lesson(
    NAME,
    "Each position of a code holds one entry of a small codebook. **Choose an image and a position, then"
    " another entry for it,** and watch the decoded image.",
    Question(
        "Without the KL term, a VAE's encoder moves the posteriors apart and makes them narrow. A VQ-VAE has"
        " no such term to minimise. What limits its code?",
        (
            "The commitment loss, a KL in disguise",
            "The codebook: every code has the same rate",
            "The decoder, which corrects it",
        ),
        1,
        "Only the index of an entry reaches the decoder: log K nats per position, whichever entry it is."
        " Entries that lie farther apart carry no more information. But a uniform prior does not know which"
        " entries occur together: look at the samples below. Van den Oord et al. (2017) train a second"
        " network for that.",
    ),
    MATHEMATICS,
    (
        "explorer.models.vqvae:VQVAE.posterior",
        "explorer.models.posterior:CodebookPosterior",
        "explorer.objectives.codebook:commitment_loss",
        "explorer.objectives.codebook:CodebookAverages.update",
    ),
    (IMAGE, POSITION, ENTRY, SEED),
    concepts=(24,),
    runs=(RUN,),
)


@st.cache_resource(max_entries=2, show_spinner=False)
def _encode(folder, version: str, _run) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Encode the test images: return encoder outputs [n, G, 2] and entries [n, G], the share of each entry in
    all choices, and its perplexity.
    """
    from explorer.lessons.codebook.compute import encode, entry_shares

    encoded, index = encode(RunView(_run).load().model, RunView(_run).embedding.images)
    return encoded, index, *entry_shares(index, _run.spec.n_codes)


def picture(runs: dict[str, Run]) -> None:
    run = runs[RUN]
    from explorer.lessons.codebook.compute import entry_shares
    from explorer.lessons.codebook.figure import codebook_map, usage_chart

    encoded, index, share, perplexity = _encode(run.folder, run_version(run), run)
    codebook, n_codes, n_groups = RunView(run).codebook, run.spec.n_codes, run.spec.n_groups
    position = min(POSITION.get(), n_groups) - 1
    left, middle, right = st.columns([1, 1.25, 1.25], gap="medium")
    with left:
        row = IMAGE.slider("Test image", high=len(index) - 1)
    entry = _show_code(run, row, index[row], position, left, middle)
    with right:
        figure = codebook_map(
            codebook,
            share,
            (encoded.reshape(-1, 2), index.ravel()),
            encoded[row],
            index[row],
            position,
            entry,
        )
        plots(f"{PAGE} map", [figure])
        st.caption(
            f"Circles: the {n_codes} entries, larger if chosen more often. Dots: encoder outputs of"
            f" {len(index)} test images, in the colour of their entry. Diamonds: this image; the large one is"
            f" position {position + 1}."
        )
    left, right = st.columns(2, gap="medium")
    with left:
        perplexities = [entry_shares(index[:, group], n_codes)[1] for group in range(n_groups)]
        st.markdown(
            f"**Perplexity:** {perplexity:.1f} of {n_codes}, pooled over positions;"
            f" {' · '.join(f'{p:.1f}' for p in perplexities)} at positions 1 to {n_groups}."
        )
        plots(f"{PAGE} use", [usage_chart(codebook, index)])
        st.caption(
            f"The shares are over {len(index)} test images, with 95% intervals. The dashed line is a uniform"
            " choice."
        )
    with right:
        _show_samples(run, codebook)


def _show_code(run, row: int, index: np.ndarray, position: int, code_column, entry_column) -> int:
    """Show a code as coloured cells, its decoded image, and the image for every entry at that position.
    Returns the present entry.
    """
    from explorer.lessons.codebook.compute import distortions, substitute_entries
    from explorer.lessons.codebook.figure import entry_colours

    loaded, codebook, images = RunView(run).load(), RunView(run).codebook, RunView(run).embedding.images
    entry = int(index[position]) if ENTRY.get() == UNEDITED else min(ENTRY.get(), len(codebook) - 1)
    code = np.where(np.arange(len(index)) == position, entry, index)
    zs = substitute_entries(codebook, index, position)
    decoded, nats = loaded.decode(zs), distortions(loaded.model, loaded.likelihood, images[row], zs)
    cells = np.broadcast_to(entry_colours(codebook)[code][:, :, None, None], (len(code), 3, 12, 24))
    with code_column:
        st.markdown("Its code. **Click a position:**")
        gallery(
            "codebook cells",
            "The code",
            cells,
            [f"position {i + 1}, entry {k}" for i, k in enumerate(code)],
            len(code),
            captions=[str(k) for k in code],
            chosen=position,
            on_pick=lambda i: (POSITION.set(i + 1), ENTRY.set(UNEDITED)),
        )
        images_shown = enlarge(
            np.stack([images[row] / np.float32(255), decoded[index[position]], decoded[entry]]), 6
        )
        captions = [
            "image",
            f"its code\n{nats[index[position]]:.1f} nats",
            f"edited code\n{nats[entry]:.1f} nats",
        ]
        gallery(
            "codebook images",
            "The image, its code decoded, and the edited code decoded",
            images_shown,
            captions,
            3,
            captions=captions,
        )
        st.button(
            f"Restore entry {index[position]}",
            on_click=ENTRY.set,
            args=(UNEDITED,),
            disabled=entry == index[position],
            key="codebook back",
        )
    with entry_column:
        st.markdown(f"**Click an entry for position {position + 1}:**")
        gallery(
            "codebook entries",
            f"Every entry at position {position + 1}, the other positions unchanged",
            enlarge(decoded, 3),
            [f"entry {k}, {d:.1f} nats" for k, d in enumerate(nats)],
            GALLERY_COLUMNS,
            captions=[str(k) for k in range(len(codebook))],
            chosen=entry,
            on_pick=ENTRY.set,
        )
        st.caption(
            f"The nats are distortions (mean over the test images {run.test.distortion:.1f}). The rate is"
            f" **{run.test.rate:.1f} nats** ({run.test.rate / np.log(2):.0f} bits) for every image:"
            f" {len(index)} positions with {len(codebook)} entries. Decoded images are means E[x|z]."
        )
    return entry


def _show_samples(run, codebook: np.ndarray) -> None:
    """Show decoded samples of the uniform prior."""
    from explorer.latent.draws import sample_codebook

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Samples of the uniform prior.** Are these digits?", width="stretch")
        resample_button(SEED)
    zs = sample_codebook(codebook, run.spec.n_groups, 2 * GALLERY_COLUMNS, np.random.default_rng(SEED.get()))
    gallery(
        "codebook draws",
        "Samples",
        enlarge(RunView(run).load().decode(zs), 3),
        [f"sample {i + 1}" for i in range(len(zs))],
        GALLERY_COLUMNS,
    )
