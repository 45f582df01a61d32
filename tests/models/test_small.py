"""The common small backbone: what a choice changes, and that every weight learns."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import losses, regularizers, schedules
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.layers import minibatch
from ganzoo.models.image import dcgan, small

SPEC = Spec(28, 28, 1, 3)
CHOICES = {
    "batch": (small.Small(width=2, z_dim=4), ()),
    "none": (small.Small(width=2, z_dim=4, norm="none"), (regularizers.R1(), regularizers.R2())),
    "spectral": (small.Small(width=2, z_dim=4, norm="spectral"), ()),
    "minibatch": (small.Small(width=2, z_dim=4, kernels=3), ()),
    "projecting": (small.Projecting(width=2, z_dim=4, norm="spectral"), ()),
    "auxiliary": (small.Auxiliary(width=2, z_dim=4), ()),
    "informative": (small.Informative(width=2, z_dim=4, categories=5), ()),
    "comparing": (small.Comparing(width=2, z_dim=4, norm="spectral", length=5), ()),
}


def count(net):
    return sum(int(np.prod(weight.shape)) for weight in net.trainable_variables)


def test_the_plain_choice_is_dcgan():
    ours, theirs = small.Small(width=4).build(SPEC), dcgan.DCGAN(width=4).build(SPEC)
    for one, other in ((ours.generator, theirs.generator), (ours.discriminator, theirs.discriminator)):
        assert [weight.shape for weight in one.variables] == [weight.shape for weight in other.variables]


def test_parameters_of_the_choices():
    convolutions = [16 * 1 * 2, 16 * 2 * 4, 16 * 4 * 8]
    plain, norms, last = sum(convolutions) + 2, 2 * (4 + 8), 4 * 4 * 8 + 1
    assert count(CHOICES["batch"][0].build(SPEC).discriminator) == plain + norms + last
    for choice in ("none", "spectral"):
        assert count(CHOICES[choice][0].build(SPEC).discriminator) == plain + 4 + 8 + last
    assert count(CHOICES["minibatch"][0].build(SPEC).discriminator) == plain + norms + last + 128 * 3 * 8 + 3
    assert count(CHOICES["projecting"][0].build(SPEC).discriminator) == plain + 4 + 8 + last + 3 * 128
    assert count(CHOICES["auxiliary"][0].build(SPEC).discriminator) == plain + norms + last + 3 * 129
    assert count(CHOICES["informative"][0].build(SPEC).discriminator) == plain + norms + last + (5 + 2) * 129
    assert count(CHOICES["comparing"][0].build(SPEC).discriminator) == plain + 4 + 8 + last + 129 * 5 + 3 * 5


@pytest.mark.parametrize("choice", CHOICES)
def test_every_weight_learns(choice):
    nets, penalties = CHOICES[choice]
    model = nets.build(SPEC)
    rate = schedules.Adam(1e-2)
    # Of a relativistic or hinge loss at its start the gradients of D's last bias cancel.
    model.compile(rate.build(4), rate.build(4), losses.least_squares(), regularizers=penalties, jit_compile=False)
    before = [weight.numpy() for net in (*model.d_nets, *model.g_nets) for weight in net.trainable_variables]
    batch = {"image": tf.random.stateless_uniform([4, 28, 28, 1], [0, 1], -1, 1), "label": tf.constant([0, 1, 2, 0])}
    model.fit(tf.data.Dataset.from_tensors(batch).repeat(), steps_per_epoch=2, verbose=0)
    after = [weight.numpy() for net in (*model.d_nets, *model.g_nets) for weight in net.trainable_variables]
    assert all((one != other).any() for one, other in zip(before, after, strict=True))


def test_minibatch_discrimination_by_hand():
    layer = minibatch.MinibatchDiscrimination(kernels=2, dims=2)
    features = tf.constant([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    layer(features)
    layer.tensor.assign([[1.0, 2.0, 0.0, 0.0], [0.5, 1.0, 0.0, 3.0]])
    # First kernel: rows (1, 2), (.5, 1), (.5, 1), 1.5 apart; second: (0, 0), (0, 3), (0, 3).
    expected = [[1, 0, 1 + 2 * np.exp(-1.5), 1 + 2 * np.exp(-3)], *[[0, 1, 2 + np.exp(-1.5), 2 + np.exp(-3)]] * 2]
    np.testing.assert_allclose(layer(features), expected, rtol=1e-6)


def test_a_conditional_backbone_needs_labels():
    with pytest.raises(BadInput, match=r"data\.classes: 0"):
        small.Auxiliary().build(Spec(28, 28, 1))
