"""`schuss inspect`: what is in a model's file."""

import argparse
import json

from schuss.cli.options import add_json, add_model, show

HELP = "tell what is in a model's file"
EXAMPLES = """\
examples:
  schuss inspect iris.safetensors
  schuss inspect iris.safetensors --json > model.json
                                   its description, for `schuss train --model`"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_model(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> None:
    """Do it."""
    import schuss

    model = schuss.load(arguments.model)
    if arguments.json:
        print(json.dumps(model.describe()))
        return
    model.summary()
    facts: dict[str, object] = {"loss": model.loss.name, "seed": model.seed}
    if model.feature_names is not None:
        facts["columns"] = ", ".join(model.feature_names)
    if model.classes is not None:
        facts["classes"] = ", ".join(map(str, model.classes))
    if model.preprocessing is not None:
        facts["preprocessing"] = model.preprocessing
    print()
    show(facts, as_json=False)
