"""The app: `streamlit run app.py`. Its main script is explorer/ui/main.py."""

import streamlit as st
from starlette.middleware import Middleware

from explorer.ui import content_routes
from explorer.ui.classroom import routes as class_routes
from explorer.ui.compression import ImmutableGzipMiddleware
from explorer.ui.frames import FrameMiddleware, origins_or_exit
from explorer.ui.pages import MAIN_SCRIPT
from explorer.ui.preload import PreloadMiddleware
from explorer.ui.serving import AllowedHostMiddleware, lifespan

app = st.App(
    MAIN_SCRIPT,
    routes=[*content_routes.ROUTES, *class_routes.ROUTES],
    middleware=[
        Middleware(FrameMiddleware, origins=origins_or_exit()),
        Middleware(AllowedHostMiddleware),
        Middleware(ImmutableGzipMiddleware),
        Middleware(PreloadMiddleware),
    ],
    lifespan=lifespan,
)
