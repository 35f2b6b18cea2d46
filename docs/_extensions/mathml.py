"""Equations as MathML, which browsers draw by themselves: no script, no network."""

from typing import Any

from docutils import nodes
from math_core import LatexToMathML
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

CONVERTER = LatexToMathML()


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write an equation within a line."""
    latex = node.astext()
    translator.body.append(
        CONVERTER.convert_with_local_state(latex, displaystyle=False)
    )
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write an equation that stands by itself."""
    latex = node.astext()
    mathml = CONVERTER.convert_with_local_state(latex, displaystyle=True)
    translator.body.append(f'<div class="math">{mathml}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer that `html_math_renderer` names."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
