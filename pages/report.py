"""Whether the latent space of a run is good, in figures."""

from explorer.store.ownership import public_name
from explorer.ui import catalogue
from explorer.ui.components.prose import show_data_of, st
from explorer.ui.faults import show_user_errors
from explorer.ui.pages import page_file
from explorer.ui.report.view import show_report
from explorer.views import words
from explorer.views.page_texts import REPORT_TITLE

runs = {run.name: run for run in catalogue.visible_runs()[0]}
name = st.query_params.get("run")
if name not in runs:
    st.title(REPORT_TITLE)
    if name is not None:
        st.warning(public_name(catalogue.explain_missing(name)))
    st.markdown("A report says whether the latent space of a run is good. **Choose a run.**")
    for run in runs.values():
        if not run.spec.n_codes:
            title = words.escape_markdown(words.run_title(run))
            st.page_link(page_file("report"), label=title, query_params={"run": run.name})
    st.stop()
show_data_of(runs[name].shape)
st.title(f"{REPORT_TITLE}: {words.escape_markdown(words.run_title(runs[name]))}")
st.page_link(
    page_file("explore"),
    label="Open in Explore",
    icon=":material/arrow_forward:",
    query_params={"run": name},
)
with show_user_errors():
    show_report(runs[name])
