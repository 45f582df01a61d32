"""Sets of TensorFlow Datasets; a tiny one is written with TFDS itself."""

import dataclasses

import numpy as np
import pytest
import tensorflow_datasets as tfds

import ganzoo.data
from ganzoo.data import tfds as source
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data, Pairs, Text, Video


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


@pytest.fixture(scope="module")
def masks(tmp_path_factory):
    """A set like oxford_iiit_pet: a map of classes 1, 2, 3 beside each photo; and like cycle_gan, its two splits."""
    folder = tmp_path_factory.mktemp("masks")
    tfds.dataset_builders.store_as_tfds_dataset(
        name="pets",
        version="1.0.0",
        data_dir=str(folder),
        features=tfds.features.FeaturesDict(
            {
                "image": tfds.features.Image(shape=(None, None, 3)),
                "mask": tfds.features.Image(shape=(None, None, 1), use_colormap=True),
            }
        ),
        split_datasets={
            split: [
                (i, {"image": np.full((4, 6, 3), i + 50, np.uint8), "mask": np.full((4, 6, 1), i % 3 + 1, np.uint8)})
                for i in range(count)
            ]
            for split, count in (("trainA", 6), ("trainB", 4))
        },
        disable_shuffling=True,
    )
    return str(folder)


def test_two_features_of_a_set_are_pairs(masks):
    sides = [Data("tfds", name, "trainA", masks, size=(4, 6)) for name in ("pets#mask", "pets")]
    pairs = ganzoo.data.open(Pairs(*sides, aligned=True))
    assert pairs.b.images[:, 0, 0, 0].tolist() == list(range(50, 56)) and pairs.name == "pets#mask and pets"
    assert pairs.a.images[:, 0, 0].tolist() == [[128, 0, 0], [0, 128, 0], [128, 128, 0]] * 2
    with pytest.raises(BadInput, match=r"'pets#depth'; images of it are image, mask"):
        ganzoo.data.open(Data("tfds", "pets#depth", "trainA", masks))


def test_two_splits_of_a_set_are_two_domains(masks):
    images = ganzoo.data.open(Pairs(*(Data("tfds", "pets", split, masks, size=4) for split in ("trainA", "trainB"))))
    assert (len(images.a), len(images.b), len(images)) == (6, 4, 6)
    with pytest.raises(BadInput, match=r"pets has 6 images and pets 4, which are no pairs"):
        ganzoo.data.open(Pairs(images_of(masks, "trainA"), images_of(masks, "trainB"), aligned=True))


def images_of(masks, split):
    return Data("tfds", "pets", split, masks)


def test_classes_have_colours_of_their_own():
    colours = source.palette()
    assert len({tuple(colour) for colour in colours}) == 256
    # As PASCAL VOC has them: background, aeroplane, bicycle, ..., person (15), tvmonitor (20), void (255).
    assert colours[[0, 1, 2, 15, 20, 255]].tolist() == [
        [0, 0, 0],
        [128, 0, 0],
        [0, 128, 0],
        [192, 128, 128],
        [0, 64, 128],
        [224, 224, 192],
    ]


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """A set like moving_mnist, whose examples hold a film, and one like bair_robot_pushing_small, whose examples are
    sequences of steps with images in them."""
    folder, features = tmp_path_factory.mktemp("films"), tfds.features
    film = [np.full((length, 10, 12, 1), 20 * length, np.uint8) for length in (3, 6, 6, 7)]
    steps = [
        {"camera": [np.full((8, 8, 3), 30 * i + t, np.uint8) for t in range(5)], "action": np.zeros((5, 2), np.float32)}
        for i in range(3)
    ]
    made = {
        "film": (
            features.FeaturesDict({"clip": features.Video(shape=(None, 10, 12, 1)), "name": features.Text()}),
            [{"clip": each, "name": "x"} for each in film],
        ),
        "robot": (
            features.Sequence(
                {"camera": features.Image(shape=(8, 8, 3)), "action": features.Tensor(shape=(2,), dtype=np.float32)}
            ),
            steps,
        ),
    }
    for name, (spec, examples) in made.items():
        tfds.dataset_builders.store_as_tfds_dataset(
            name=name,
            version="1.0.0",
            data_dir=str(folder),
            features=spec,
            split_datasets={"train": list(enumerate(examples))},
            disable_shuffling=True,
        )
    return str(folder)


def test_films_and_sequences_of_images_are_clips(films):
    found = ganzoo.data.open(Video("tfds", "film", films, size=8, channels=1, frames=4))
    assert found.skipped == 1 and found.spec.shape == (4, 8, 8, 1)
    # Of the clip of 7 frames the first 6 and the last 6.
    assert found.images.shape == (4, 6, 8, 8, 1) and found.images[:, 0, 0, 0, 0].tolist() == [120, 120, 140, 140]
    assert len(ganzoo.data.open(Video("tfds", "film", films, size=8, channels=1, frames=4, limit=1))) == 1
    robot = ganzoo.data.open(Video("tfds", "robot#camera", films, size=8, channels=3, frames=5))
    assert robot.images[:, :, 0, 0, 0].tolist() == [[30 * i + t for t in range(5)] for i in range(3)]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"name": "film#name"}, r"data\.name: 'film#name'; clips of it are clip"),
        ({"name": "robot", "split": "test"}, r"data\.split: 'test' of robot; allowed: train"),
        ({"name": "film", "frames": 9}, r"data\.name: film has 4 clips, all shorter than the 9 frames"),
    ],
)
def test_clips_that_are_not_there_are_named(films, options, line):
    with pytest.raises(BadInput, match=line):
        ganzoo.data.open(Video("tfds", path=films, size=8, **options))


@pytest.fixture(scope="module")
def sentences(tmp_path_factory):
    """A set like ag_news_subset, with a second text of which a row is no text."""
    folder, features = tmp_path_factory.mktemp("sentences"), tfds.features
    rows = [{"title": f"the {word} ran .", "raw": word, "label": 0} for word in ("cat", "dog", "hen", "cow")]
    rows[2]["raw"] = b"\xff\xfe"
    tfds.dataset_builders.store_as_tfds_dataset(
        name="news",
        version="1.0.0",
        data_dir=str(folder),
        features=features.FeaturesDict(
            {"title": features.Text(), "raw": features.Text(), "label": features.ClassLabel(num_classes=2)}
        ),
        split_datasets={"train": list(enumerate(rows)), "test": list(enumerate(rows[:2]))},
        citation="nobody",
        disable_shuffling=True,
    )
    return str(folder)


def test_a_text_of_a_set_is_sentences(sentences):
    data = Text("tfds", "news:title", sentences, length=6)
    found = ganzoo.data.open(data)
    told = [found.spec.sentence(row) for row in found.images]
    assert told == [f"the {word} ran." for word in ("cat", "dog", "hen", "cow")]
    assert (found.name, found.licence, found.citation) == ("news:title", "see the citation", "nobody")
    assert len(ganzoo.data.open(dataclasses.replace(data, split="test"))) == 2
    half = ganzoo.data.open(dataclasses.replace(data, split="train[50%:]"))
    assert [half.spec.sentence(row) for row in half.images] == told[2:]
    assert len(ganzoo.data.open(dataclasses.replace(data, name="news:raw", split="train[:2]"))) == 2


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"name": "news:raw"}, r"data\.name: news:raw, train\[2\]: not UTF-8"),
        ({"name": "news:label"}, r"data\.name: 'news' has no text 'label'; allowed: raw, title"),
        ({"split": "dev"}, r"data\.split: 'dev' of news; allowed: train, test and slices of them"),
        ({"split": "dev[:10%]"}, r"data\.split: 'dev\[:10%\]' of news; allowed: train, test and slices of them"),
        ({"split": "train[:x]"}, r"data\.split: 'train\[:x\]' of news; allowed: train, test and slices of them"),
    ],
)
def test_sentences_that_are_not_there_are_named(sentences, options, line):
    with pytest.raises(BadInput, match=f"^{line}$"):
        ganzoo.data.open(dataclasses.replace(Text("tfds", "news:title", sentences), **options))


def test_a_set_of_images_has_no_clips(data_dir):
    with pytest.raises(BadInput, match=r"data\.name: 'tiny'; no clip among caption, image, label"):
        ganzoo.data.open(Video("tfds", "tiny", data_dir, size=8))
