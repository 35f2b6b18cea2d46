"""How `sphinx-build docs docs/_build` makes the site: pages, API and gallery."""

import sys
from pathlib import Path

import schuss

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_extensions"))

project = "schuss"
author = "the authors of schuss"
project_copyright = f"2026, {author}"
version = release = schuss.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
    "mathml",
    "texts",
]
exclude_patterns = ["_build", "_extensions"]
templates_path = ["_templates"]
default_role = "py:obj"
html_math_renderer = "mathml"
html_theme = "furo"
html_title = "schuss"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False

autodoc_typehints = "none"  # numpydoc's sections say more: shapes, ranges and units
autodoc_member_order = "bysource"
autosummary_generate = True
numpydoc_show_class_members = False  # the template lists them, with what they say
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"\.py$",
    "within_subsection_order": "FileNameSortKey",
    "image_scrapers": ("matplotlib", "gallery.scrape"),
    "image_srcset": ["2x"],
    "reset_modules": ("matplotlib", "gallery.set_look"),
    "capture_repr": (),
    "reference_url": {"schuss": None},
    "download_all_examples": False,
    "show_signature": False,
    "write_computation_times": False,
    "plot_gallery": "True",
}
