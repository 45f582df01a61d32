"""A small StyleGAN2 whose weights are far from their start, as a model and as an export; shared by several tests."""

import re

import keras
import numpy as np

import ganzoo.recipe
from ganzoo import checkpoint, runs, train
from ganzoo.data.images import Spec
from ganzoo.export import export
from ganzoo.models.image import stylegan2, stylegan3

SPEC = Spec(8, 12, 3)
NETS = stylegan2.StyleGAN2(64, 8, z_dim=6, w_dim=5, depth=2)
ALIAS_FREE = stylegan3.StyleGAN3(64, 4, z_dim=5, w_dim=6, layers=3, critical=1)
CARD = {
    "recipe": "styled",
    "summary": "",
    "paper": "",
    "command": "",
    "data": "shapes",
    "licence": "MIT",
    "images": 1,
    "seed": 0,
    "precision": "float32",
    "hardware": "",
    "versions": {},
    "commit": "",
    "date": "2026-01-02",
}


def model(spec=SPEC, nets=NETS, strength=0.3):
    """Always the same. w_avg is not 0. strength: of its noise."""
    keras.utils.set_random_seed(0)
    made = nets.build(spec)
    draw = np.random.default_rng(1)
    for weight in made.generator.weights:
        if re.search("strength|w_avg|bias", weight.path):
            scale = strength if weight.name == "strength" else 0.3
            weight.assign(weight + draw.normal(0, scale, weight.shape))
    return made


def exported(made, folder):
    """`folder`, which holds the export of that model as version 1."""
    export(made, folder / "1", CARD)
    return folder


def run_folder(folder, recipe: str):
    """A run folder of that recipe's smoke on 28x28x1, with one checkpoint from before the first step."""
    entry = ganzoo.recipe.find(recipe)
    run = runs.Run(folder)
    resolved = {"name": entry.name, "overrides": [], "smoke": True, "image": [28, 28, 1], "classes": 0}
    run.begin(resolved, entry.path.read_text(encoding="utf-8"))
    made = train.build(ganzoo.recipe.load(entry.name, [], smoke=True), Spec(28, 28, 1))
    checkpoint.save(run.checkpoints, made, {})
    return folder
