"""The app: `streamlit run app.py`.

Streamlit finds `app`, which serves this file; served, the file is the page of a visitor, and runs anew at
each of their acts.
"""

from pathlib import Path

import streamlit as st

if st.runtime.exists():
    from explorer.registry import LESSONS
    from explorer.ui import visitor
    from explorer.ui.components.number_fields import read_commas
    from explorer.ui.entry import pass_app
    from explorer.ui.faults import plain_faults
    from explorer.ui.learn.lesson import page_of
    from explorer.ui.streamlit_internals import a_whole_page, send_at_once
    from explorer.ui.warm_up import warm_up

    send_at_once()
    st.set_page_config("Latent Space Explorer", layout="wide")
    page = st.navigation(
        {
            "": [
                st.Page("pages/home.py", title="Home", default=True),
                st.Page("pages/explore.py", title="Explore"),
                st.Page("pages/compare.py", title="Compare"),
                st.Page("pages/train.py", title="Train"),
                st.Page("pages/images.py", title="Your images"),
                st.Page("pages/library.py", title="Library"),
            ],
            "Learn": [st.Page(f"pages/{page_of(name)}.py", title=title) for name, title in LESSONS.items()],
        },
        position="top",
    )
    st.html(Path(__file__).parent / "explorer/ui/style.css")
    pass_app()
    with a_whole_page(), plain_faults():
        page.run()
    visitor.remember()
    read_commas()
    warm_up()
else:
    from starlette.middleware import Middleware

    from explorer.ui.serving import HostAnswer, opens_a_browser

    app = st.App(__file__, middleware=[Middleware(HostAnswer)], lifespan=opens_a_browser)
