"""The source code of this project, as the lessons show it."""

import ast
import threading
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# In two threads at once Python's parser may end with "recursion depth mismatch" (python/cpython#106905).
PARSER_LOCK = threading.Lock()


@cache
def read_source(name: str) -> str:
    """Return the source of "module:name" or "module:Class.method", read from the file; nothing is
    imported.
    """
    module, _, path = name.partition(":")
    text = (ROOT / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
    with PARSER_LOCK:
        node: Any = ast.parse(text)
    for part in path.split("."):
        node = next(child for child in node.body if getattr(child, "name", None) == part)
    lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
    return "\n".join(line[node.col_offset :] for line in lines)
