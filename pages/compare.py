"""Two models of the same images, side by side: an AE and a VAE, or a conditional VAE beside either."""

from explorer.store.ownership import public_name
from explorer.ui import catalogue
from explorer.ui.compare.view import ADDRESS, compare_figure, compare_view, follow_link
from explorer.ui.components.prose import show_data_of, st
from explorer.ui.lecture import COMPARE, is_figure_alone, lecture_controls
from explorer.views import pairs, words
from explorer.views.page_texts import compare_figures, compare_introduction

PAIR_KEY = "pair"
IMAGES_KEY = "images of the pair"
AE_KEY = "ae of the pair"
VAE_KEY = "vae of the pair"
CHOSEN_KEY = "pair_chosen"
runs, _ = catalogue.visible_runs()
by_name = {run.name: run for run in runs}
chosen = st.session_state.pop(CHOSEN_KEY, False)
address_names = [None if chosen else st.query_params.get(name) for name in ("ae", "vae")]
pair, problem = pairs.resolve_pair(
    *(address_names if any(address_names) else st.session_state.get(PAIR_KEY, address_names)), runs
)
pair = pair or pairs.default_pair(runs)
if problem:
    st.warning(public_name(problem + (f" The page shows {pair[0].name} and {pair[1].name}." if pair else "")))
if not pair:
    st.info(
        "There is no pair of an AE and a VAE of the same images yet. Train both: "
        "`python -m explorer train --dataset digits --model ae`, and the same with `--model ladder`."
    )
    st.stop()
ae, vae = pair
st.session_state.update(
    {PAIR_KEY: (ae.name, vae.name), IMAGES_KEY: pairs.image_settings(vae), AE_KEY: ae.name, VAE_KEY: vae.name}
)


def select_pair(names: tuple[str, str]) -> None:
    """Select a pair. The address still names the previous pair, so it is ignored in the next run of the
    page.
    """
    st.session_state[PAIR_KEY], st.session_state[CHOSEN_KEY] = names, True
    ADDRESS.discard_query()


def select_images() -> None:
    select_pair(tuple(run.name for run in pairs.default_pair(runs, st.session_state[IMAGES_KEY])))


def select_runs() -> None:
    select_pair((st.session_state[AE_KEY], st.session_state[VAE_KEY]))


show_data_of(vae.shape)
title = f"{words.run_title(ae)} and {words.run_title(vae)}"
if is_figure_alone():
    follow_link(ae, vae)
    compare_figure(ae, vae)
    lecture_controls(COMPARE, title)
    st.stop()
head, about = st.columns([1, 2.6], vertical_alignment="center")
dataset_label = words.escape_markdown(words.run_dataset_label(vae))
with head.popover(
    f"{dataset_label} · {vae.spec.latent_dim}-D", width="stretch", help="Choose other images or other models."
):
    images = {pairs.image_settings(run): run for run in runs if pairs.best_partner(run, runs)}
    st.selectbox(
        "Images",
        images,
        key=IMAGES_KEY,
        on_change=select_images,
        format_func=lambda key: words.run_dataset_label(images[key]),
    )
    for label, key, fitting in (
        ("AE or conditional VAE, left", AE_KEY, [run.name for run in runs if pairs.are_comparable(run, vae)]),
        ("VAE, right", VAE_KEY, [run.name for run in runs if pairs.are_comparable(ae, run)]),
    ):
        st.selectbox(
            label,
            fitting,
            key=key,
            on_change=select_runs,
            format_func=lambda name: words.run_title(by_name[name]),
        )
about.markdown(compare_introduction(ae, vae))
follow_link(ae, vae)
compare_view(ae, vae)
lecture_controls(COMPARE, title)
with st.expander("Figures and how they are measured"):
    st.markdown(compare_figures(ae, vae))
