"""The app for one own model, as a process that ends when the process that opened the model has ended:
`python -m explorer.own_models.serve FOLDER [option of streamlit run]…`, with a pipe as its standard input.
"""

import os
import runpy
import shutil
import sys
import threading

from explorer.store.folders import app_file


def serve(folder: str, options: list[str]) -> None:
    """Serve the app until the pipe is closed, and then remove the folder, which nobody else can."""
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    sys.argv = ["streamlit", "run", str(app_file("app.py")), *options]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _end_with_parent(folder: str) -> None:
    sys.stdin.buffer.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2:])
