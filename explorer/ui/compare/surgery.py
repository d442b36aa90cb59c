"""The terms of a VAE's rate, as a table on the compare page."""

import math

from explorer.latent.surgery import Surgery
from explorer.runs.surgery import measure_surgery, read_surgeries
from explorer.store.run import Run
from explorer.ui.components.prose import in_words, st
from explorer.views.run_view import run_version

TITLE = "What the rate is made of"
HELP = (
    "rate = I(x; z) + total correlation + Σ KL(q(z_d) ‖ p(z_d)), with the aggregate posterior q(z) (Hoffman"
    " and Johnson, 2016). The total correlation is the KL divergence of q(z) from the product of its"
    " marginals. The I(x; z) of these images is too small for all images; it is too large if the own"
    " posterior of each code is left out of q(z). The interval lies between the two."
)


def show_surgery(vae: Run, beta: float, name: str = "") -> None:
    """Show the terms of the rate, of a ladder at the rung nearest to a KL weight. They are measured when the
    button is clicked, unless they are kept with the run. name: of the model, if there are two with a rate.
    """
    rung = min(vae.spec.rungs, key=lambda rung: abs(math.log(rung / beta))) if vae.film else None
    with st.expander(f"{TITLE}: {name}" if name else TITLE):
        surgery, place = read_surgeries(vae).get(vae.spec.beta if rung is None else rung), st.empty()
        if surgery is None and place.button(
            "Measure the terms of the rate",
            key=f"surgery-{vae.name}-{run_version(vae)}-{rung}",
            icon=":material/calculate:",
            help=in_words("This takes some seconds. The training images must be on the machine of this app."),
        ):
            bar = place.progress(0.0, "Reading the training images…")
            surgery = measure_surgery(
                vae,
                rung,
                lambda done, total: bar.progress(done / total, f"{done:,} of {total:,} training images"),
                lambda done, total: bar.progress(done / total, f"{done:,} of {total:,} samples"),
            )
        if surgery:
            place.markdown(surgery_table(surgery, rung), help=HELP)


def surgery_table(surgery: Surgery, rung: float | None) -> str:
    """Return the terms as a table in Markdown, with their population."""
    rows = (
        ("I(x; z): information of a code about its image", surgery.mutual_information),
        ("Total correlation of the dimensions", surgery.total_correlation),
        ("KL divergences of the dimensions from the prior", surgery.marginal_kl),
    )
    weight = "" if rung is None else f" at β = {rung:g}"
    lines = [
        f"| {surgery.n:,} training images{weight}, nats per image | | 95% interval |",
        "|-|-:|-:|",
        *(
            f"| {name} | {'–' if term.value is None else f'{term.value:.2f}'} | {term.low:.2f} to"
            f" {term.high:.2f} |"
            for name, term in rows
        ),
        f"| **Rate** | **{surgery.rate:.2f}** | |",
    ]
    population = "A value is that of these images; the interval is for all images that they are taken from."
    return "\n".join([*lines, "", f"{population} {surgery.note}".strip()])
