"""The set that batches are drawn from."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

import ganzoo.data
from ganzoo.data.images import ImageSet, Spec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data


def numbered(count=50, classes=3, **options):
    """Images of 2x3 pixels that carry their own index in the first pixel."""
    images = np.random.default_rng(0).integers(0, 256, (count, 2, 3, 1), np.uint8)
    images[:, 0, 0, 0] = np.arange(count)
    names = tuple("abc"[:classes])
    labels = (np.arange(count) % classes).astype(np.int32) if classes else None
    return ImageSet("numbered", images, labels, names, **options)


def take(dataset, batches):
    return [{name: value.numpy() for name, value in batch.items()} for batch in dataset.take(batches)]


def same(one, two):
    return len(one) == len(two) and all(
        a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)
        for a, b in zip(one, two, strict=True)
    )


def test_a_resumed_stream_continues_the_first():
    images = numbered(flip=True)
    whole = take(images.stream(8, seed=1), 20)
    assert same(whole[13:], take(images.stream(8, seed=1, start=13 * 8), 7))
    # Also where the size of a batch changed.
    halves = take(images.stream(4, seed=1, start=8 * 8), 2)
    assert np.array_equal(whole[8]["image"], np.concatenate([half["image"] for half in halves]))
    assert not same(whole, take(images.stream(8, seed=2), 20))


def test_an_epoch_shows_every_image_with_its_label():
    images = numbered()
    for epoch in range(2):
        batches = take(images.stream(10, seed=4, start=epoch * 50), 5)
        seen = np.concatenate([np.round((batch["image"][:, 0, 0, 0] + 1) * 127.5) for batch in batches]).astype(int)
        labels = np.concatenate([batch["label"] for batch in batches])
        assert sorted(seen) == list(range(50))
        assert np.array_equal(labels, seen % 3)


@pytest.mark.parametrize("compiled", [False, True])
def test_lookup_on_the_device_is_the_stream(compiled):
    images = numbered(flip=True)
    lookup = tf.function(lambda positions: images.lookup(positions, 9), jit_compile=compiled)
    looked_up = [
        {name: value.numpy() for name, value in lookup(positions).items()} for positions in images.positions(8).take(15)
    ]
    assert same(take(images.stream(8, seed=9), 15), looked_up)


def test_the_stream_says_its_shapes():
    spec = numbered().stream(8, seed=0).element_spec
    assert spec == {"image": tf.TensorSpec([8, 2, 3, 1]), "label": tf.TensorSpec([8], tf.int32)}
    assert numbered().spec == Spec(2, 3, 1, 3)
    assert numbered().spec.element() == {"image": tf.TensorSpec([2, 3, 1]), "label": tf.TensorSpec([], tf.int32)}
    assert numbered(classes=0).spec.element().keys() == {"image"}
    assert numbered(classes=0).stream(8, seed=0).element_spec.keys() == {"image"}


def test_pixels_become_minus_one_to_one_and_back():
    images = ImageSet("ramp", np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1))
    (batch,) = take(images.stream(1, seed=0), 1)
    values = batch["image"][0, :, :, 0].ravel()
    assert values[0] == -1 and values[255] == 1
    np.testing.assert_allclose(values, np.arange(256) / 127.5 - 1, atol=1e-7)
    assert np.array_equal(np.clip(np.round((values + 1) * 127.5), 0, 255), np.arange(256))


def test_flips_mirror_half_of_the_images():
    plain, flipped = (take(numbered(flip=flip).stream(50, seed=0), 4) for flip in (False, True))
    mirrored = 0
    for one, two in zip(plain, flipped, strict=True):
        for straight, maybe in zip(one["image"], two["image"], strict=True):
            mirrored += np.array_equal(straight[:, ::-1], maybe)
            assert np.array_equal(straight, maybe) or np.array_equal(straight[:, ::-1], maybe)
    assert 70 < mirrored < 130


def test_hash_follows_pixels_labels_and_shape():
    sets = [numbered(), numbered(), numbered(classes=0), numbered(49)]
    sets[1].images = sets[1].images.copy()
    sets[1].images[7, 1, 1, 0] ^= 1
    reshaped = numbered(classes=0)
    reshaped.images = reshaped.images.reshape(50, 3, 2, 1)
    hashes = [images.hash for images in (*sets, reshaped)]
    assert len(set(hashes)) == 5
    assert numbered().hash == hashes[0]


def test_bundled_images_open_everywhere():
    images = ganzoo.data.open(Data(name="fashion_mnist"))
    assert images.spec == Spec(28, 28, 1, 10) and len(images) == 10_000
    assert np.bincount(images.labels).tolist() == [1000] * 10
    assert images.class_names[9] == "ankle boot" and images.licence == "MIT" and "1708.07747" in images.citation
    assert images.hash == "ed2fb2e398948e8568915ac50e227c694c29e44385ee2fbad73d4f1fc7f92dbe"


def test_bundled_images_take_another_spec():
    images = ganzoo.data.open(Data(name="fashion_mnist", size=(32, 48), channels=3, limit=20, classes=0))
    assert images.spec == Spec(32, 48, 3, 0) and len(images) == 20 and images.labels is None
    assert np.ptp(images.images, axis=-1).max() == 0
    batch = next(iter(images.stream(4, seed=0)))
    assert batch.keys() == {"image"} and batch["image"].shape == (4, 32, 48, 3)


def test_read_gives_the_asked_images():
    images = numbered()
    assert np.array_equal(images.read([3, 1, 3]), images.images[[3, 1, 3]])
    assert len(list(itertools.islice(images.positions(4, 8), 2))) == 2
    assert [batch.numpy().tolist() for batch in images.positions(4, 8).take(2)] == [[8, 9, 10, 11], [12, 13, 14, 15]]


def test_held_out_images_are_not_trained_on():
    whole = ganzoo.data.open(Data(name="fashion_mnist"))
    images = ganzoo.data.open(Data(name="fashion_mnist", held_out=1000, limit=100))
    assert len(images) == 100 and len(images.held_out) == 1000 and images.whole.hash == whole.hash
    more = ganzoo.data.open(Data(name="fashion_mnist", held_out=1000))
    assert len(more) == 9000 and more.held_out.hash == images.held_out.hash
    both = np.concatenate([more.images, more.held_out.images])
    assert sorted(row.tobytes() for row in both) == sorted(row.tobytes() for row in whole.images)
    assert more.spec == whole.spec and len(more.labels) == 9000


@pytest.mark.parametrize("count", [-1, 10_000])
def test_too_many_held_out_images_are_refused(count):
    with pytest.raises(BadInput, match=rf"data\.held_out: {count}"):
        ganzoo.data.open(Data(name="fashion_mnist", held_out=count))
