"""TFRecord files."""

import io

import numpy as np
import PIL.Image
import pytest
import tensorflow as tf

import ganzoo.data
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.recipe import Data


def example(shade, label=None, image=None):
    stream = io.BytesIO()
    PIL.Image.new("RGB", (6, 4), (shade,) * 3).save(stream, "PNG")
    content = stream.getvalue() if image is None else image
    features = {"image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[content]))}
    if label is not None:
        features["label"] = tf.train.Feature(int64_list=tf.train.Int64List(value=[label]))
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def saved(path, records):
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)
    return path


def opened(path, **options):
    return ganzoo.data.open(Data(source="tfrecord", path=str(path), **options))


def complaint(path, **options):
    with pytest.raises(BadInput) as error:
        opened(path, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_records_in_their_order(tmp_path):
    path = saved(tmp_path / "set.tfrecord", [example(shade, shade % 3) for shade in range(10)])
    images = opened(path)
    assert images.spec == Spec(4, 6, 3, 3) and images.name == "set"
    assert images.images[:, 0, 0, 0].tolist() == list(range(10)) and images.labels.tolist() == [0, 1, 2] * 3 + [0]
    assert opened(path, size=8, channels=1, limit=4, classes=7).spec == Spec(8, 8, 1, 7)


def test_a_folder_of_shards_without_labels(tmp_path):
    saved(tmp_path / "b.tfrecord-00001-of-00002", [example(2)])
    saved(tmp_path / "b.tfrecord-00000-of-00002", [example(1)])
    images = opened(tmp_path)
    assert images.images[:, 0, 0, 0].tolist() == [1, 2] and images.labels is None


def test_what_is_wrong_is_named(tmp_path):
    path = saved(tmp_path / "a.tfrecord", [example(1, 0), example(1, 9)])
    assert complaint(path, classes=5).endswith("a.tfrecord[1]: label 9; allowed: 0..4")
    path = saved(tmp_path / "b.tfrecord", [example(1, 0), example(1)])
    assert "b.tfrecord[1]: label None" in complaint(path)
    path = saved(tmp_path / "c.tfrecord", [example(1, 0, image=b"no image"), example(1, 1)])
    assert "1 of 2" in complaint(path) and "c.tfrecord[0]" in complaint(path)
    assert opened(path, skip_bad=True).skipped == 1
    path = saved(tmp_path / "d.tfrecord", [tf.train.Example().SerializeToString()])
    assert "d.tfrecord[0]: 0 values" in complaint(path)
    path = saved(tmp_path / "e.tfrecord", [b"\xff\xff\xff"])
    assert "e.tfrecord[0]: not a tf.train.Example" in complaint(path)
    path = saved(tmp_path / "f.tfrecord", [])
    assert "no record" in complaint(path)
    path = saved(tmp_path / "g.tfrecord", [example(1, 0)] * 3)
    path.write_bytes(path.read_bytes()[:-5])
    assert "g.tfrecord: not a whole TFRecord file" in complaint(path)
    (tmp_path / "empty").mkdir()
    assert "no file *.tfrecord*" in complaint(tmp_path / "empty")


def test_prepare_writes_the_records_of_a_file(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    path, lines = saved(tmp_path / "set.tfrecord", [example(shade, 0) for shade in range(4)]), []
    ganzoo.data.prepare(str(path), report=lines.append, overrides=["data.size=4", "data.channels=1"])
    assert lines == [f"ready: data.source=tfrecord data.path={path}"]
    with pytest.raises(BadInput, match=r"data\.sise"):
        ganzoo.data.prepare(str(path), overrides=["data.sise=4"])


def test_memory_bound_is_a_number_of_bytes(tmp_path, monkeypatch):
    from ganzoo.data import assemble, tfrecord

    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    data = Data(source="tfrecord", path=str(saved(tmp_path / "a.tfrecord", [example(7, 1)] * 5)))
    size = 5 * 4 * 6 * 3
    assert isinstance(assemble.assemble(tfrecord.open(data), data, memory=size).images, np.ndarray)
    filed = assemble.assemble(tfrecord.open(data), data, memory=size - 1)
    assert not isinstance(filed.images, np.ndarray)
    assert (filed.read([4]) == 7).all() and filed.labels.tolist() == [1] * 5
