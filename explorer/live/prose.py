"""Markdown with LaTeX as HTML with MathML, which every host of a live figure can show.

A symbol of a figure, written @{name} in a formula, becomes an element with data-symbol="name".
"""

import re
from collections.abc import Mapping
from functools import cache

from latex2mathml.converter import convert
from markdown_it import MarkdownIt

FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
SYMBOL = re.compile(r"@\{(\w+)\}")
COLOURED = re.compile(r'mathcolor="(\w+)"')
# latex2mathml draws letters between \big and \Big parentheses; those that grow by themselves look the same.
BIG = re.compile(r"\\[bB]igg?(?![a-z])")


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def to_mathml(latex: str, is_block: bool = False) -> str:
    """Return a formula as MathML. @{name} has become a LaTeX colour of that name, which is no colour but
    names a symbol of the figure.
    """
    mathml = convert(BIG.sub("", latex.strip()), display="block" if is_block else "inline")
    return COLOURED.sub(r'data-symbol="\1"', mathml)


def to_html(markdown: str, symbols: Mapping[str, tuple[str, str]]) -> str:
    """Return Markdown with formulas between $ or $$ as HTML.

    symbols: for each @{name}, the symbol of the figure, as in explorer.figures.palette, and its LaTeX. Raises
    KeyError for a name that is not among them.
    """
    formulas: list[str] = []

    def symbol(match: re.Match) -> str:
        name, latex = symbols[match[1]]
        return rf"{{\textcolor{{{name}}}{{{latex}}}}}"

    def formula(match: re.Match) -> str:
        latex = SYMBOL.sub(symbol, match[1] or match[2])
        formulas.append(to_mathml(latex, is_block=bool(match[1])))
        return f"FORMULA{len(formulas) - 1}END"

    html = _markdown().render(FORMULA.sub(formula, markdown))
    return re.sub(r"FORMULA(\d+)END", lambda match: formulas[int(match[1])], html)
