"""What is particular to StyleGAN (2019)."""

import numpy as np
import tensorflow as tf

from ganzoo.data.images import Spec
from ganzoo.layers import normalization
from ganzoo.models.image import stylegan, stylegan2


def trainable(net):
    return sum(int(np.prod(weight.shape)) for weight in net.trainable_variables)


def test_parameters():
    nets = stylegan.StyleGAN(cbase=64, cmax=12, z_dim=5, w_dim=6, depth=3)
    spec = Spec(14, 20, 4)  # of 7x10; channels 12, 8

    def finished(filters):
        return 2 * filters + 6 * 2 * filters + 2 * filters  # bias and strengths of noise; style

    assert trainable(nets.generator(spec)) == sum(
        [
            (5 * 6 + 6) + 2 * (6 * 6 + 6),
            7 * 10 * 12 + finished(12),
            9 * 12 * 12 + finished(12),
            9 * 12 * 8 + finished(8),
            9 * 8 * 8 + finished(8),
            8 * 4 + 4,
        ]
    )
    assert trainable(nets.discriminator(spec)) == sum(
        [
            4 * 8 + 8,
            (9 * 8 * 8 + 8) + (9 * 8 * 12 + 12),
            9 * 13 * 12 + 12,
            7 * 10 * 12 * 12 + 12,
            12 + 1,
        ]
    )


def test_adaptive_norm_gives_each_map_the_moments_of_its_style():
    draw = np.random.default_rng(0)
    x = draw.normal(3, 5, size=(2, 8, 6, 4)).astype(np.float32)
    style = draw.normal(size=(2, 8)).astype(np.float32)
    y = normalization.AdaptiveNorm()(x, style).numpy()
    np.testing.assert_allclose(y.mean(axis=(1, 2)), style[:, 4:], atol=1e-5)
    np.testing.assert_allclose(y.std(axis=(1, 2)), np.abs(style[:, :4] + 1), rtol=1e-4)


def test_only_the_first_layers_are_truncated():
    network = stylegan.StyleGAN(cbase=32, cmax=4, z_dim=5, w_dim=6, depth=1, cutoff=3).generator(Spec(8, 8, 1))
    z = tf.random.stateless_normal([2, 5], [0, 1])
    w = network.get_layer("mapping")({"z": z})
    styles = network.get_layer("styles")(w, tf.zeros([2])).numpy()
    assert not np.any(styles[:, :3])  # w_avg starts at 0
    np.testing.assert_array_equal(styles[:, 3:], w[:, None])


def test_the_map_that_all_pictures_start_from_is_one():
    network = stylegan.StyleGAN(cbase=32, cmax=4, z_dim=5, w_dim=6, depth=1).generator(Spec(8, 8, 1))
    layers = network.get_layer("synthesis").layers
    constant = next(layer for layer in layers if isinstance(layer, stylegan2.Constant))
    np.testing.assert_array_equal(constant.kernel, np.ones([4, 4, 4]))
