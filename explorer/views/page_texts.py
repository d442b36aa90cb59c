"""The sentences of the pages, as Markdown, which the app and a site without a server both show."""

from explorer.latent.gaps import MAX_CODES
from explorer.store.run import Run
from explorer.views import pairs, words
from explorer.views.run_view import RunView

# The pages of the app in their order; the lessons follow under LESSONS_TITLE.
PAGE_TITLES = {
    "home": "Home",
    "explore": "Explore",
    "compare": "Compare",
    "playground": "Playground",
    "train": "Train",
    "images": "Your images",
    "library": "Library",
}
LESSONS_TITLE = "Learn"
REPORT_TITLE = "Report"
HAND_IN_TITLE, CHECK_TITLE = "Hand in", "Check codes"
HAND_IN_INTRODUCTION = (
    "**Make a code, and send it to your lecturer.** It says which questions you answered right at first, and"
    " which tasks you solved, as this browser remembers them."
)
REPORT_LABEL = "Report: is this latent space good?"
EXAMPLE_RUN = "mnist-vae-2d"  # what Home and Explore show at first
HOME_TITLE = "Explore a latent space"
COMPARE_LABEL = "Compare: find an AE's gaps, and move the KL weight of a VAE"

CONDITIONAL_NOTE = (
    " The ELBO of a conditional VAE bounds log p(x | class), so it is not comparable with that of a VAE. Its"
    " gaps are of the codes of all classes together; its samples are decoded with the classes of random test"
    " images."
)


def home_introduction(run: Run) -> str:
    """Return what to move on Home, and what to watch."""
    code = (
        "two numbers, z₀ and z₁" if run.spec.latent_dim == 2 else f"a code z of {run.spec.latent_dim} numbers"
    )
    return (
        f"Each {run.spec.dataset_kind.noun} is encoded as {code}. **Move over the map or drag a slider, and"
        " watch the decoded image change.** On the way from one class to another, look for a third class."
    )


def home_notes(run: Run) -> list[str]:
    """Return what is seen on Home, a part for each idea."""
    notes = [
        f"**Encode.** Each dot is the code of one of {run.test.n:,} test images. Its colour is the class,"
        " which was not used in training.",
        "**Decode.** The decoder computes the image from z alone, also between the codes.",
    ]
    if run.spec.has_prior:
        notes.append(
            "**Regularise.** This is a variational autoencoder (VAE): the KL term pulls its codes towards the"
            " prior, a standard Gaussian. The dotted rings are 1, 2 and 3 standard deviations of the prior."
        )
    return notes


def explore_introduction(run: Run) -> str:
    """Return what to move on the map of a run."""
    return (
        "**Move over the map or drag a slider** to decode z. Click to fix z, or click a code to see its image"
        + (" and its posterior." if run.spec.has_prior else ".")
        + (" Choose a class, and watch what it leaves to z." if run.spec.model_kind.is_conditional else "")
    )


def compare_introduction(left: Run, right: Run) -> str:
    """Return what to move on the maps of two runs, and what to watch."""
    if are_gaps_drawn(left) or are_gaps_drawn(right):
        gaps, task = (
            "Grey areas contain no codes: they are **gaps**.",
            "Drag **β** and watch them change.",
        )
    else:
        gaps = "**Gaps**, which contain no codes, are measured, but not drawn in more than two dimensions."
        task = "Drag **β** and watch the rate of each dimension."
    has_conditional = any(map(pairs.is_conditional, (left, right)))
    return (
        f"**Move over either map:** both networks decode z at the same position. {gaps}"
        + (f" {task}" if right.film else "")
        + (" Choose a **class** for the conditional VAE." if has_conditional else "")
    )


def compare_figures(left: Run, right: Run) -> str:
    """Return what was measured of two runs, and how."""
    figures = (
        f"{words.escape_markdown(words.run_title(run))}:"
        f" {words.metrics_sentence(run)}{words.ladder_sentence(run)}"
        for run in (left, right)
    )
    return (
        "  \n".join(figures)
        + f"{pairs.difference_sentence(left, right)}\n\nThe figure **gap** is the share of samples of the"
        " Gaussian fitted to the codes that are in gaps: their nearest code is farther away than their"
        " fifth nearest sample. It is the mean of ten measurements, each of"
        f" {min(right.n_mapped, MAX_CODES):,} codes and as many samples, with a 95% interval over samples and"
        " images. Gaps of different numbers of codes are not comparable. A VAE's codes are here *samples* of"
        " its posteriors; its"
        f" map shows the posterior *means* of {RunView(right).n_compared:,} images."
        + (CONDITIONAL_NOTE if any(map(pairs.is_conditional, (left, right))) else "")
        + "\n\nThe address of this page is a link to its present state."
    )


def lessons_label(n: int) -> str:
    return f"Learn the ideas in {n} short lessons"


def are_gaps_drawn(run: Run) -> bool:
    """Return whether the map of a run can show its gaps (explorer.latent.gap_map)."""
    return run.spec.latent_dim <= 2


def run_figures(run: Run) -> str:
    """Return what was measured of a run, and how its map is to be read."""
    return (
        words.metrics_sentence(run)
        + words.yardstick_sentence(run)
        + words.ladder_sentence(run)
        + (
            " This ELBO bounds log p(x | class); it is not comparable with that of a VAE."
            if run.spec.model_kind.is_conditional
            else ""
        )
        + (f" {words.escape_markdown(run.note)}" if run.note else "")
        + "  \nImages show the mean E\\[x|z\\], not a sample from p(x|z), unless the tool says otherwise."
        + (
            " The map shows posterior means; gaps are measured on posterior samples."
            if run.spec.has_prior
            else ""
        )
        + (" Shares of the variance: ± is a 95% interval over the codes." if run.spec.latent_dim > 2 else "")
    )
