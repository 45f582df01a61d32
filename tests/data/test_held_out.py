"""Images that training never sees, by which a diagnosis tells whether D learns its reals by heart."""

import numpy as np
import pytest

import ganzoo.data
from ganzoo.data.images import ImageSet
from ganzoo.errors import BadInput
from ganzoo.recipe import Data

FASHION = {"source": "bundled", "name": "fashion_mnist"}


def numbered(count=50):
    """Images of 2x2 pixels and labels that carry their own index."""
    images = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, 2, 2, 1)).copy()
    return ImageSet("numbered", images, np.arange(count, dtype=np.int32), tuple(map(str, range(count))))


def places(images):
    return images.images[:, 0, 0, 0].tolist()


def test_a_set_is_divided_once():
    images = numbered().split(20)
    kept, held = places(images), places(images.held_out)
    assert len(kept) == 30 and len(held) == 20 and sorted(kept + held) == list(range(50))
    assert images.labels.tolist() == kept and images.held_out.labels.tolist() == held
    assert images.whole is images.undivided and places(images.whole) == list(range(50))


def test_a_limit_takes_from_what_is_kept_and_leaves_the_held_out_alone():
    images = numbered()
    assert places(images.split(20, 5)) == places(images.split(20))[:5]
    assert places(images.split(20, 5).held_out) == places(images.split(20).held_out)


def test_the_stream_never_shows_a_held_out_image():
    images = numbered().split(20)
    seen = {label for batch in images.stream(30, seed=0).take(3) for label in batch["label"].numpy().tolist()}
    assert seen == set(places(images))


def test_held_out_images_are_a_field_of_the_data():
    whole = ganzoo.data.open(Data(**FASHION))
    images = ganzoo.data.open(Data(**FASHION, held_out=1000, limit=100))
    assert (len(images), len(images.held_out), len(images.whole)) == (100, 1000, 10_000)
    assert images.hash != whole.hash and images.whole.hash == whole.hash
    assert whole.held_out is None and whole.whole is whole


def test_points_are_divided_too():
    points = ganzoo.data.open(Data(source="mixture", name="ring8", held_out=1000, limit=300))
    assert points.images.shape == (300, 2) and points.held_out.spec == points.spec and len(points.held_out) == 1000


@pytest.mark.parametrize("count", [-1, 10_000])
def test_a_wrong_number_is_refused_by_its_field(count):
    with pytest.raises(BadInput, match=f"data.held_out: {count}"):
        ganzoo.data.open(Data(**FASHION, held_out=count))
