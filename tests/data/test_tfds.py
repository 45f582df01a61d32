"""Sets of TensorFlow Datasets; a tiny one is written with TFDS itself."""

import numpy as np
import pytest
import tensorflow_datasets as tfds

import ganzoo.data
from ganzoo.data import tfds as source
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tfds")
    tfds.dataset_builders.store_as_tfds_dataset(
        name="tiny",
        version="1.0.0",
        data_dir=str(folder),
        features=tfds.features.FeaturesDict(
            {
                "image": tfds.features.Image(shape=(None, None, 3)),
                "caption": tfds.features.Text(),
                "label": tfds.features.ClassLabel(names=["no", "yes"]),
            }
        ),
        split_datasets={"train": rows(12), "test": rows(5)},
        citation="nobody",
        disable_shuffling=True,
    )
    return str(folder)


def rows(count):
    examples = [
        {"image": np.full((6 + index % 2, 8, 3), index, np.uint8), "caption": "x", "label": index % 2}
        for index in range(count)
    ]
    return list(enumerate(examples))


def opened(data_dir, **options):
    return ganzoo.data.open(Data(source="tfds", name="tiny", path=data_dir, **options))


def test_a_prepared_set_opens_by_name_and_split(data_dir):
    images = opened(data_dir, size=6)
    assert images.spec == Spec(6, 6, 3, 2) and images.class_names == ("no", "yes")
    assert images.images[:, 0, 0, 0].tolist() == list(range(12)) and images.labels.tolist() == [0, 1] * 6
    assert (images.licence, images.citation, images.name) == ("see the citation", "nobody", "tiny")
    assert len(opened(data_dir, size=6, split="test")) == 5
    assert len(opened(data_dir, size=6, split="train[:50%]", limit=4)) == 4
    assert opened(data_dir, size=6, channels=1, classes=0).spec == Spec(6, 6, 1, 0)


def test_what_is_wrong_is_named(data_dir, tmp_path):
    with pytest.raises(BadInput, match=r"data\.split: 'dev' of tiny; allowed: train, test"):
        opened(data_dir, split="dev")
    with pytest.raises(BadInput, match=r"tiny/train\[1\] is 7x8, tiny/train\[0\] is 6x8"):
        opened(data_dir)
    with pytest.raises(BadInput, match=r"data\.classes: 3, but tiny has 2: no, yes"):
        opened(data_dir, size=6, classes=3)
    with pytest.raises(BadInput, match=r"has no 'cifar11'; nearest: cifar10"):
        ganzoo.data.open(Data(source="tfds", name="cifar11", path=str(tmp_path)))
    with pytest.raises(BadInput, match=r"data\.name: source 'tfds' needs"):
        ganzoo.data.open(Data(source="tfds"))


def test_without_a_network_one_line_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "_resolves", lambda host: False)
    for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    with pytest.raises(BadInput, match=r"'cifar10' is not in .*; prepare it where .* data\.path=") as error:
        ganzoo.data.open(Data(source="tfds", name="cifar10", path=str(tmp_path)))
    assert "\n" not in str(error.value)
