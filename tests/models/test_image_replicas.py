"""Two replicas play the game that one device plays, with every variant's own state and randomness."""

import contextlib
import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf
import zoo

from ganzoo.data.images import Spec


@pytest.mark.slow
@pytest.mark.parametrize("name", zoo.VARIANTS)
def test_two_replicas_agree_with_one_device(name, two_cpus):
    pixels = np.random.default_rng(0).uniform(-1, 1, (24, 16, 16, 1)).astype("float32")
    data = tf.data.Dataset.from_tensor_slices({"image": pixels, "label": np.arange(24, dtype="int32") % 3})
    model, adversarial, penalties = zoo.VARIANTS[name]
    # Without what looks at the samples of one device: their deviation, one cutoff, path lengths, likeness.
    alone = {"group": 1, "mixing": 0.0, "path_length": 0.0, "weight": 0.0}
    model = dataclasses.replace(model, **{key: alone[key] for key in alone if hasattr(model, key)})
    # One step tells by itself; after three, a unit of D whose sign rounding has turned is seen too.
    for rows, part in ((8, 1e-4), (24, 1e-2)):
        ends = []
        for scope in (contextlib.nullcontext(), two_cpus.scope()):
            keras.utils.set_random_seed(0)
            with scope:
                game = model.build(Spec(16, 16, 1, 3))
                optimizers = [keras.optimizers.SGD(0.01) for _ in range(2)]
                game.compile(*optimizers, adversarial, penalties, jit_compile=False)
            game.fit(data.take(rows).batch(8, drop_remainder=True), shuffle=False, verbose=0)
            ends.append({weight.path: weight.numpy() for weight in game.weights})
        for (path, one), two in zip(ends[0].items(), ends[1].values(), strict=True):
            np.testing.assert_allclose(two, one, atol=part * (np.max(np.abs(one)) + 3e-2), err_msg=path)
