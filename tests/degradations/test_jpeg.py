"""Compression against the files that Pillow writes and reads."""

import io

import numpy as np
import PIL.Image
import pytest
import scipy.ndimage
import tensorflow as tf

from ganzoo import degradations, gan
from ganzoo.degradations import jpeg
from ganzoo.errors import BadInput


def progress(images=0, seed=1):
    return gan.Progress(0, images, seed)


def scenes(rows=2, height=48, width=64, channels=3):
    draw = np.random.default_rng(0)
    base = scipy.ndimage.gaussian_filter(draw.normal(size=(rows, height, width, channels)), (0, 2, 2, 0)) * 400
    return np.clip(base + 128 + draw.normal(0, 5, base.shape), 0, 255).astype(np.uint8)


def written(image, quality, subsampled=True):
    """What Pillow reads from the file that it wrote."""
    file = io.BytesIO()
    PIL.Image.fromarray(image.squeeze()).save(file, "jpeg", quality=quality, subsampling=2 if subsampled else 0)
    return np.asarray(PIL.Image.open(file)).reshape(image.shape)


def compressed(images, qualities, **kwargs):
    floats = tf.constant(images, tf.float32) / 127.5 - 1
    return jpeg.compressed(floats, tf.constant(qualities, tf.float32), **kwargs).numpy() * 127.5 + 127.5


def check(found, expected, images):
    """Most values are equal; a coefficient that went the other way shows in its block, in no direction on the whole."""
    error = found - expected
    assert np.abs(error).mean() < 0.75 and (np.abs(error) > 1.5).mean() < 0.2 and abs(error.mean()) < 0.03
    return np.abs(error).mean() / np.abs(expected - images.astype(float)).mean()


@pytest.mark.parametrize("quality", [10, 49, 75, 95])
@pytest.mark.parametrize("subsampled", [True, False])
def test_colours_are_pillows(quality, subsampled):
    images = scenes()
    expected = np.stack([written(image, quality, subsampled) for image in images])
    share = check(compressed(images, [quality] * 2, subsampled=subsampled), expected, images)
    assert quality > 75 or share < 0.06


def test_grey_is_pillows_at_any_size():
    images = scenes(2, 43, 29, 1)
    expected = np.stack([written(image, 40) for image in images])
    assert check(compressed(images, [40, 40]), expected, images) < 0.02


def test_tables_are_the_librarys():
    draw = np.random.default_rng(0).integers(0, 256, [16, 16, 3]).astype(np.uint8)
    for quality in (1, 25, 50, 77, 100):
        file = io.BytesIO()
        PIL.Image.fromarray(draw).save(file, "jpeg", quality=quality)
        tables = PIL.Image.open(file).quantization
        for index, base in enumerate((jpeg.LUMINANCE, jpeg.CHROMINANCE)):
            found = jpeg._table(base, tf.constant([quality], tf.float32))[0].numpy()
            assert sorted(found.ravel()) == sorted(tables[index])
            np.testing.assert_array_equal(found, np.reshape(tables[index], [8, 8]))


def test_each_image_has_its_quality():
    images = np.repeat(scenes(1), 2, axis=0)
    found = compressed(images, [10, 90])
    check(found, np.stack([written(images[0], 10), written(images[0], 90)]), images)


def test_a_constant_stays_and_the_degradation_draws_qualities():
    flat = tf.fill([1, 20, 20, 3], 0.0)
    np.testing.assert_allclose(jpeg.compressed(flat, tf.constant([50.0])), flat, atol=1.01 / 127.5)
    image = tf.constant(np.repeat(scenes(1, 32, 32), 24, axis=0) / 127.5 - 1, tf.float32)
    value = degradations.JPEG(10, 60)
    found = value(image, progress(), "jpeg")["input"].numpy()
    errors = np.abs(found - image).mean(axis=(1, 2, 3))
    assert len(np.unique(errors)) > 10 and (value.scale, value.channels(3)) == (1, 3)
    levels = found * 127.5 + 127.5
    np.testing.assert_allclose(levels, np.round(levels), atol=1e-4)


def test_compiles_under_xla():
    image = tf.constant(scenes(2, 16, 16) / 127.5 - 1, tf.float32)
    value = degradations.JPEG()
    run = tf.function(lambda image: value(image, progress(), "jpeg")["input"], jit_compile=True)
    difference = np.abs(run(image) - value(image, progress(), "jpeg")["input"]) * 127.5
    assert np.mean(difference > 0.5) < 0.01


def test_bad_input_is_refused():
    with pytest.raises(BadInput, match="JPEG: from 0 to 95; allowed: 1 <= low"):
        degradations.JPEG(0)
    with pytest.raises(BadInput, match="JPEG: images of 4 channels"):
        degradations.JPEG()(tf.zeros([1, 16, 16, 4]), progress(), "jpeg")
