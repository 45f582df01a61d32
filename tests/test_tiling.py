"""Large images in tiles: weights add up, tiles make what the whole image makes, and what a tile takes of memory."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import tiling
from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.layers import instance, padding
from ganzoo.models.restoration import esrgan, real_esrgan, srgan
from ganzoo.models.translation import animegan, cut, cyclegan, light
from ganzoo.translator import Served

NETS = cyclegan.CycleGAN(cyclegan.ResNet(width=2, d_width=2, blocks=1), pool=2, identity=0.0)


def draw(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize("length", [141, 333, 1000])
@pytest.mark.parametrize(("side", "cut", "multiple", "scale"), [(96, 20, 4, 1), (130, 32, 1, 2), (64, 3, 8, 4)])
def test_weights_add_up_to_one_and_leave_out_what_was_cut(length, side, cut, multiple, scale):
    parts = tiling.windows(length, side, cut, multiple)
    assert len(parts) > 1 and all(stop - start <= side and start % multiple == 0 for start, stop in parts)
    assert all(before[1] - after[0] >= 2 * cut + tiling.BLEND for before, after in itertools.pairwise(parts))
    total = np.zeros(scale * length)
    for number, ((start, stop), weight) in enumerate(
        zip(parts, tiling.weights(parts, cut, scale), strict=True), start=1
    ):
        total[scale * start : scale * stop] += weight
        assert weight.min() >= 0
        assert number == 1 or not weight[: scale * cut].any()
        assert number == len(parts) or not weight[-scale * cut :].any()
    np.testing.assert_allclose(total, 1, atol=1e-6)


def test_weights_rise_along_half_a_cosine():
    first, second = tiling.weights([(0, 40), (20, 60)], 2, 1)
    way = (np.arange(22, 38) + 0.5 - 22) / 16
    np.testing.assert_allclose(second[2:18], (1 - np.cos(np.pi * way)) / 2, atol=1e-6)
    assert np.all(first[:22] == 1) and np.all(first[38:] == 0) and np.all(second[18:] == 1)


def test_tiles_are_as_few_and_then_as_small_as_they_can_be():
    assert tiling.windows(64, 64, 5, 4) == [(0, 64)]
    assert np.all(tiling.weights([(0, 64)], 5, 2)[0] == 1)
    assert tiling.windows(184, 100, 0, 1) == [(0, 100), (84, 184)]
    assert tiling.windows(185, 100, 0, 1) == [(0, 73), (56, 129), (112, 185)]


def test_the_least_tile_still_goes_on():
    for reach in (0, 7, 32, 500):
        for multiple in (1, 4, 64):
            side = tiling.least(reach, multiple)
            parts = tiling.windows(10 * side, side, tiling.margin(reach, side), multiple)
            assert all(after[0] - before[0] >= tiling.BLEND for before, after in itertools.pairwise(parts))


def local(scale):
    """Looks three pixels far, and at borders sees zeros."""
    keras.utils.set_random_seed(3)
    x = image = keras.Input((None, None, 3), name="image")
    for _ in range(3):
        x = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    x = keras.layers.Conv2D(3, 1)(keras.layers.UpSampling2D(scale)(x))
    return keras.Model(image, x)


@pytest.mark.parametrize("scale", [1, 4])
@pytest.mark.parametrize("size", [(75, 131), (40, 90), (30, 20)])
def test_tiles_make_what_the_whole_image_makes(scale, size):
    network, image, reach = local(scale), draw(*size, 3), 3
    whole = network(image[None])[0].numpy()
    call = lambda down, along: network(image[None, down, along])[0].numpy()  # noqa: E731
    parts = list(tiling.rows(call, size, 40, reach, 1, scale))
    assert np.concatenate(parts).shape == whole.shape
    np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-5)


def test_a_network_that_looks_further_than_the_margin_needs_a_larger_one():
    network, image = local(1), draw(75, 131, 3)
    call = lambda down, along: network(image[None, down, along])[0].numpy()  # noqa: E731
    made = np.concatenate(list(tiling.rows(call, (75, 131), 40, 0, 1, 1)))
    assert np.abs(made - network(image[None])[0]).max() > 1e-3


@pytest.fixture(scope="module")
def served():
    keras.utils.set_random_seed(1)
    return Served(NETS.build(PairSpec(Spec(24, 24, 3), Spec(24, 24, 1))))


def test_given_its_own_statistics_instance_norm_is_as_ever(served):
    network, image = served.networks["a2b"], draw(2, 24, 36, 3)
    values = instance.statistics(network, {"image": image})
    assert values.shape == (2, sum(instance.sizes(network)))
    # The first norm's: means and variances of what the first convolution makes.
    first = network.layers[2](network.layers[1](image)).numpy()
    wanted = np.concatenate([first.mean((1, 2)), first.var((1, 2))], axis=1)
    np.testing.assert_allclose(values[:, : 2 * NETS.nets.width], wanted, rtol=1e-3, atol=1e-6)
    plain = network({"image": image})
    np.testing.assert_allclose(instance.frozen(network, {"image": image}, values), plain, atol=1e-5)
    other = instance.frozen(network, {"image": image}, tf.reverse(values, [0]))
    assert np.abs(other - plain).max() > 1e-3
    np.testing.assert_array_equal(network({"image": image}), plain)  # and is itself again


def test_instance_norm_is_found_in_networks_within_networks():
    inner = keras.Sequential([keras.Input((None, None, 2)), keras.layers.Conv2D(3, 1), instance.InstanceNorm()])
    image = keras.Input((None, None, 2), name="image")
    network = keras.Model({"image": image}, padding.instance_norm(inner(image)))
    assert instance.sizes(network) == [6, 6]
    given = {"image": draw(1, 5, 5, 2)}
    np.testing.assert_allclose(
        instance.frozen(network, given, instance.statistics(network, given)), network(given), atol=1e-5
    )


NETWORKS = {
    "cyclegan": cyclegan.ResNet(2, 2, 2, 1, "transposed"),
    "cyclegan, resized": cyclegan.ResNet(2, 2, 2, 0, "resize"),
    "pix2pixhd": cyclegan.ResNet(2, 2, 3, 0),
    "cut": cut.ResNet(2, 2, 1),
    "light": light.Light(2, 2, 2),
    "animegan": animegan.Bottlenecks(2, 2, 1),
    "srgan": srgan.SRResNet(2, 1),
    "esrgan": esrgan.RRDB(2, 1, 1),
    "compact": real_esrgan.Compact(2, 3),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_pixel_depends_on_those_in_reach(name):
    nets = NETWORKS[name]
    scales = (1, 4) if hasattr(nets, "make") else (1,)
    for scale in scales:
        anywhere = (None, None)
        network = nets.make(anywhere, 1, 1, scale) if hasattr(nets, "make") else nets.generator(anywhere, 1, 1)
        for weight in network.trainable_variables:  # so that nothing is switched off and nothing cancels out
            weight.assign(np.full(weight.shape, 0.1 if len(weight.shape) == 1 else 1 / np.prod(weight.shape[:-1])))
        multiple = getattr(nets, "multiple", 1)
        side = -(-(2 * nets.reach + 2 * multiple + 8) // multiple) * multiple
        image = tf.Variable(draw(1, side, side, 1, seed=1) + 1)
        sizes = instance.sizes(network)
        given = tf.constant([value for size in sizes for value in [0.0] * (size // 2) + [1.0] * (size // 2)])[None]
        found = []
        middle = side // 2 // multiple * multiple
        for place in range(scale * middle, scale * (middle + multiple)):  # of each a stride makes another
            with tf.GradientTape() as tape:
                made = instance.frozen(network, {"image": image}, given) if sizes else network({"image": image})
                pixel = made[0, place, place, 0]
            seen = np.flatnonzero(np.abs(tape.gradient(pixel, image).numpy()[0, :, :, 0]).any(axis=0))
            found += [place // scale - seen[0], seen[-1] - place // scale]
        assert max(found) == nets.reach


@pytest.mark.parametrize("size", [(75, 131), (96, 50)])
def test_tiles_of_cyclegan_with_the_statistics_of_the_whole_image_make_the_whole_image(served, size):
    image, about = draw(*size, 3), served.facts["directions"]["a2b"]
    statistics = served.signature("a2b_statistics")(image=tf.constant(image[None]))["statistics"]
    assert statistics.shape == (1, about["statistics"])
    tile = served.signature("a2b_tile")
    call = lambda down, along: (  # noqa: E731
        tile(image=tf.constant(image[None, down, along]), statistics=statistics)["image"][0].numpy()
    )
    side = tiling.least(about["reach"], about["multiple"])
    made = np.concatenate(list(tiling.rows(call, size, side, about["reach"], about["multiple"], about["scale"])))
    whole = served.signature("a2b_float")(image=tf.constant(image[None]))["image"][0].numpy()
    assert np.abs(made - whole).max() < 1 / 127.5


def test_what_is_held_at_once():
    image = keras.Input((None, None, 3), name="image")
    wide = keras.layers.Conv2D(16, 1)(image)  # 16 from 3, and 16 again with the bias
    network = keras.Model({"image": image}, keras.layers.Conv2D(1, 1)(wide))
    assert tiling.held(network, {"image": (1, 10, 10, 3)}) == pytest.approx(4 * 100 * (16 + 16), rel=0.01)
    skip = keras.layers.Concatenate()([keras.layers.Conv2D(1, 1)(wide), wide])
    network = keras.Model({"image": image}, keras.layers.Conv2D(1, 1)(skip))
    assert tiling.held(network, {"image": (1, 10, 10, 3)}) == pytest.approx(4 * 100 * (1 + 16 + 17), rel=0.01)
    assert tiling.side(4 * 32, 12) ** 2 * 4 * 32 <= tiling.HELD < (tiling.side(4 * 32, 12) + 12) ** 2 * 4 * 32
