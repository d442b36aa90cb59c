"""What is wrong with a run, and links that fill the form on Train with what to change."""

from explorer.runs.verdicts import find_faults, list_remedies
from explorer.store.run import Run
from explorer.ui.components.prose import st
from explorer.ui.pages import page_file
from explorer.ui.train.address import train_query
from explorer.views import words


def show_verdicts(run: Run) -> None:
    """Show a sentence about each fault, and a link to each remedy; nothing where nothing is
    wrong.
    """
    if not (verdicts := find_faults(run)):
        return
    with st.container(key=f"verdicts-{run.name}"):
        st.info("  \n".join(words.escape_markdown(v.sentence) for v in verdicts), icon=":material/rule:")
        with st.container(horizontal=True):
            for label, spec in list_remedies(run, verdicts).items():
                st.page_link(
                    page_file("train"),
                    label=label,
                    icon=":material/model_training:",
                    query_params=train_query(spec),
                )
