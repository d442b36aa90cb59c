"""All runs, with their figures on the test split."""

import pandas as pd

from explorer import recipe
from explorer.events import ACTIVE_MIN_VARIANCE
from explorer.figures.images import image_sheet, to_data_uri
from explorer.store.ownership import owner_key, public_name
from explorer.ui import catalogue
from explorer.ui.components.deletion import delete_button, undo_button
from explorer.ui.components.prose import in_words, show_data_of, st
from explorer.ui.components.publishing import private_mark, publish_button
from explorer.ui.components.verdicts import show_verdicts
from explorer.ui.faults import show_user_errors
from explorer.ui.library.codes_view import codes_view
from explorer.ui.library.import_form import import_form
from explorer.ui.pages import page_file
from explorer.ui.train.address import train_query
from explorer.views import words
from explorer.views.page_texts import REPORT_LABEL
from explorer.views.run_view import RunView

N_IMAGES_SHOWN = 10
SMALLEST_ERROR = 1e-9  # of PCA, as a divisor: with as many components as pixels it has none
st.title("Library")
st.markdown(
    "All trained models, with figures on test images. **Select a row** to see the run below the table."
)
runs, faults = catalogue.visible_runs()
for fault in faults:
    st.warning(public_name(fault))
undo_button()
if not runs:
    st.info("There are no runs yet. Train one with `python -m explorer train --dataset digits`.")
    st.stop()

table = pd.DataFrame(
    [
        {
            "run": public_name(run.name),
            "seen": "only you" if owner_key(run.name) else "everyone",
            "images": words.run_dataset_label(run),
            "model": run.spec.model_kind.label,
            "network": run.spec.network,
            "latent": run.spec.latent_dim,
            "KL weight": run.spec.beta if run.spec.has_prior else None,
            "distortion": run.test.distortion,
            "rate": None if run.test.elbo is None else run.test.rate,
            "elbo": run.test.elbo,
            "error": run.yardstick and run.yardstick.mse / max(run.yardstick.pca_mse, SMALLEST_ERROR),
            "active": run.test.active_units if run.spec.has_prior else None,
            "epochs": run.epochs,
            "seconds": run.seconds,
        }
        for run in runs
    ]
)
ERROR_HELP = (
    "mean squared error of reconstructions of test images, divided by that of PCA with as many components as"
    " latent dimensions; above 1, PCA is better"
)
NATS_HELP = "nats per image, mean over the test split"
ACTIVE_UNITS_HELP = (
    f"latent dimensions whose posterior mean has a variance above {ACTIVE_MIN_VARIANCE} over the test split;"
    " VAEs only"
)
if not any(owner_key(run.name) for run in runs):
    del table["seen"]
choice = st.dataframe(
    table,
    hide_index=True,
    placeholder="–",
    on_select="rerun",
    selection_mode="single-row",
    key="library",
    column_config={
        "run": st.column_config.TextColumn("Run", pinned=True),
        "seen": "Visible to",
        "images": "Data set",
        "model": "Model",
        "network": "Network",
        "latent": st.column_config.NumberColumn("Latent dim", help="number of latent dimensions"),
        "KL weight": st.column_config.NumberColumn(
            help="β in distortion + β · rate; VAEs only. With β = 1 this is the negative ELBO."
        ),
        "distortion": st.column_config.NumberColumn(
            "Distortion", format="%.1f", help=f"−log p(x|z), {NATS_HELP}"
        ),
        "rate": st.column_config.NumberColumn(
            "Rate", format="%.2f", help=f"KL(q(z|x) ‖ p(z)), {NATS_HELP}; not defined for an AE"
        ),
        "elbo": st.column_config.NumberColumn(
            "ELBO", format="%.1f", help=f"−(distortion + rate), {NATS_HELP}; not defined for an AE"
        ),
        "error": st.column_config.NumberColumn("Error / PCA", format="%.2f", help=ERROR_HELP),
        "active": st.column_config.NumberColumn("Active units", help=ACTIVE_UNITS_HELP),
        "epochs": "Epochs",
        "seconds": st.column_config.NumberColumn("Training time", format="%.0f s"),
    },
)
rows = choice.selection.rows
run = runs[rows[0]] if rows and rows[0] < len(runs) else runs[0]

show_data_of(run.shape)
st.subheader(words.escape_markdown(words.run_title(run)))
private_mark(run.name)
left, right = st.columns(2)
with left:
    training = (
        f" and was trained on {run.n_train:,} images for {run.epochs} epochs"
        f" ({words.escape_markdown(run.device)})"
    )
    network = f" The network has {run.n_parameters:,} weights{training if run.epochs else ''}."
    st.markdown(
        f"{words.metrics_sentence(run)}{words.yardstick_sentence(run)}{network if run.n_parameters else ''}"
        f"{words.best_epoch_sentence(run)}"
    )
    if run.note:
        st.warning(words.escape_markdown(run.note))
    show_verdicts(run)
    if not run.spec.network_kind.is_trainable:
        st.caption("The network was imported, and can't be trained further here.")
    elif not owner_key(run.spec.dataset):
        st.code(f"python -m explorer train {recipe.flags(run.spec)}", language="bash", wrap_lines=True)
    if run.spec.network_kind.is_trainable:
        st.page_link(
            page_file("train"),
            label="Open in Train",
            icon=":material/model_training:",
            query_params=train_query(run.spec),
        )
    with st.container(horizontal=True):
        publish_button(run.name)
        delete_button(run)
with right:
    with show_user_errors():  # of a network that must not be executed here
        images = RunView(run).embedding.images[:N_IMAGES_SHOWN]
        pairs = to_data_uri(image_sheet([images, RunView(run).reconstruct(len(images))]))
        st.image(pairs, width="stretch", alt=in_words("Top: test images. Bottom: their reconstructions."))
        st.caption(f"Top: the first {len(images)} test images. Bottom: their reconstructions.")
    st.page_link(
        page_file("explore"),
        label="Open in Explore",
        icon=":material/arrow_forward:",
        query_params={"run": run.name},
    )
    if not run.spec.n_codes:
        st.page_link(
            page_file("report"),
            label=REPORT_LABEL,
            icon=":material/lab_profile:",
            query_params={"run": run.name},
        )
    st.page_link(
        page_file("explore"),
        label="Export",
        icon=":material/download:",
        query_params={"run": run.name, "tool": "take"},
    )

show_data_of()
import_form()
codes_view()
