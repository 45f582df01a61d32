"""The small trained generators in saved_models/: each as it was measured, and small."""

import json
import pathlib

import numpy as np
import PIL.Image
import pytest

import ganzoo
from ganzoo import pictures, recipe

FOLDERS = sorted(path.parent for path in (pathlib.Path(__file__).parent.parent / "saved_models").glob("*/1"))


def test_two_are_shipped_and_one_is_conditional():
    classes = [json.loads((folder / "1/card.json").read_text())["classes"] for folder in FOLDERS]
    assert len(FOLDERS) >= 2 and min(classes) == 0 < max(classes)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_shipped_model_is_small_known_and_makes_its_pictures(folder):
    assert sum(path.stat().st_size for path in (folder / "1").rglob("*") if path.is_file()) < 4e6
    sampler = ganzoo.load(folder)
    assert sampler.card["recipe"] == folder.name and folder.name in recipe.entries()
    for result in sampler.card["metrics"].values():
        assert result["floor"] < result["value"] < result["ceiling"]
    labels = np.arange(64) % sampler.classes if sampler.classes else None
    grid = np.asarray(pictures.grid(sampler.generate(range(64), labels)), int)
    shipped = np.asarray(PIL.Image.open(folder / "samples.png"), int)
    assert np.abs(grid - shipped).max() <= 2, "another machine may round a pixel otherwise, not more"
