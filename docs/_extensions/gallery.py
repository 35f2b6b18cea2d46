"""What the gallery's figures look like, and how those without pyplot are found."""

from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from sphinx_gallery.scrapers import figure_rst

from schuss.figures import PALETTE

LOOK = {
    "axes.prop_cycle": mpl.cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.dpi": 100,
    "figure.figsize": (6.4, 4.0),
    "savefig.dpi": 100,
}


def set_look(gallery_conf: dict[str, Any], fname: str) -> None:
    """Set matplotlib's defaults for the next script."""
    mpl.rcParams.update(LOOK)


def scrape(
    block: object, block_vars: dict[str, Any], gallery_conf: dict[str, Any]
) -> str:
    """Save the figures that schuss has drawn in a block; return them as a document.

    They are no figures of pyplot's, where sphinx-gallery looks by itself.
    """
    paths = []
    for figure in block_vars["example_globals"].values():
        own = isinstance(figure, Figure) and not hasattr(figure, "number")
        if own and not hasattr(figure, "_shown"):
            figure._shown = True
            path = next(block_vars["image_path_iterator"])
            figure.savefig(path, dpi=200)
            paths.append(path)
    return figure_rst(paths, gallery_conf["src_dir"])
