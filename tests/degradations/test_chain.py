"""Degradations one after the other."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import degradations, gan
from ganzoo.errors import BadInput


def progress():
    return gan.Progress(0, 0, 1)


def pictures(rows=16):
    return tf.constant(np.random.default_rng(0).uniform(-1, 1, [rows, 8, 8, 3]), tf.float32)


def test_each_part_spoils_what_the_one_before_made():
    noise, small = degradations.GaussianNoise(20, 20), degradations.Bicubic(2)
    chain = degradations.Chain((small, noise, degradations.Inpaint(degradations.Box())))
    found = chain(pictures(), progress(), "c")
    first = small(pictures(), progress(), "c/0")["input"]
    second = noise(first, progress(), "c/1")["input"]
    assert (chain.scale, chain.channels(3)) == (2, 4) and found["input"].shape == (16, 4, 4, 4)
    known = found["mask"].numpy()[..., 0] == 0
    np.testing.assert_array_equal(found["input"].numpy()[known][:, :3], second.numpy()[known])


def test_parts_are_left_out_now_and_then():
    chain = degradations.Chain((degradations.GaussianNoise(30, 30), degradations.PoissonNoise(3, 3)), (0.5, 0.0))
    found = chain(pictures(64), progress(), "c")["input"].numpy()
    same = (found == pictures(64).numpy()).all(axis=(1, 2, 3))
    assert 16 < same.sum() < 48
    expected = degradations.GaussianNoise(30, 30)(pictures(64), progress(), "c/0")["input"].numpy()
    np.testing.assert_array_equal(found[~same], expected[~same])


def test_bad_chains_are_refused():
    with pytest.raises(BadInput, match=r"Chain.probabilities: 1; allowed: none, or 2"):
        degradations.Chain((degradations.GaussianNoise(), degradations.JPEG()), (0.5,))
    with pytest.raises(BadInput, match="it changes the shape"):
        degradations.Chain((degradations.Bicubic(2),), (0.5,))
