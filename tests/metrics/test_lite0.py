"""EfficientNet-Lite0 and the reader of its weights, on a network of the same build with few channels."""

import collections
import io
import pickle
import sys
import types
import zipfile

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import perceptual
from ganzoo.errors import BadInput
from ganzoo.metrics import lite0, published, torch_file

KERNELS = (3, 3, 5, 3, 5, 5, 3)  # of the stages
WIDTHS = (4, 6, 4, 6, 4, 6, 4)


@pytest.fixture(scope="module")
def weights():
    """A random state dict with Lite0's names and few channels."""
    draw = np.random.default_rng(0)
    made = {}

    def convolution(name, norm, shape):
        made[f"{name}.weight"] = draw.normal(0, 0.5, shape)
        for part, values in {
            "weight": draw.uniform(0.5, 1.5, shape[0]),
            "bias": draw.normal(1, 0.5, shape[0]),
            "running_mean": draw.normal(0, 0.5, shape[0]),
            "running_var": draw.uniform(0.1, 2, shape[0]),
        }.items():
            made[f"{norm}.{part}"] = values
        made[f"{norm}.num_batches_tracked"] = np.array(7)

    convolution("_conv_stem", "_bn0", (3, 3, 3, 3))
    width, block = 3, 0
    for (repeats, _, expanded), kernel, filters in zip(lite0.STAGES, KERNELS, WIDTHS, strict=True):
        for _ in range(repeats):
            name, inner = f"_blocks.{block}.", width * 2 if expanded else width
            if expanded:
                convolution(name + "_expand_conv", name + "_bn0", (inner, width, 1, 1))
            convolution(name + "_depthwise_conv", name + "_bn1", (inner, 1, kernel, kernel))
            convolution(name + "_project_conv", name + "_bn2", (filters, inner, 1, 1))
            width, block = filters, block + 1
    convolution("_conv_head", "_bn1", (8, width, 1, 1))
    made["_fc.weight"], made["_fc.bias"] = draw.normal(size=(5, 8)), draw.normal(size=5)
    return {name: value.astype(np.float32) for name, value in made.items()}


def reference(weights, image):
    """The same network written with TensorFlow's ops and without folding. Table 1 of Tan and Le 2019."""

    def convolution(x, name, norm, stride=1, active=True):
        kernel = weights[f"{name}.weight"].transpose(2, 3, 1, 0)
        if "depthwise" in name:
            x = tf.nn.depthwise_conv2d(x, kernel.transpose(0, 1, 3, 2), [1, stride, stride, 1], "SAME")
        else:
            x = tf.nn.conv2d(x, kernel, stride, "SAME")
        mean, variance, scale, offset = (
            weights[f"{norm}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
        )
        x = tf.nn.batch_normalization(x, mean, variance, offset, scale, 1e-3)
        return tf.nn.relu6(x) if active else x

    x = convolution((image - 127) / 128, "_conv_stem", "_bn0", 2)
    strides = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)
    residual = (2, 4, 6, 7, 9, 10, 12, 13, 14)  # blocks that keep their width and size
    for block, stride in enumerate(strides):
        name, y = f"_blocks.{block}.", x
        if block:
            y = convolution(y, name + "_expand_conv", name + "_bn0")
        y = convolution(y, name + "_depthwise_conv", name + "_bn1", stride)
        y = convolution(y, name + "_project_conv", name + "_bn2", active=False)
        x = x + y if block in residual else y
    features = tf.reduce_mean(convolution(x, "_conv_head", "_bn1"), [1, 2])
    return features, features @ weights["_fc.weight"].T + weights["_fc.bias"]


def test_the_network_is_that_of_the_paper(weights):
    image = np.random.default_rng(1).uniform(0, 255, [2, 224, 224, 3]).astype(np.float32)
    features, logits = lite0.network(weights)(image)
    expected_features, expected_logits = reference(weights, image)
    assert features.shape == (2, 8) and logits.shape == (2, 5)
    np.testing.assert_allclose(features, expected_features, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(logits, expected_logits, rtol=1e-3, atol=1e-2)


def test_weights_of_another_network_are_refused(weights):
    with pytest.raises(BadInput, match=r"lack _conv_head\.weight"):
        lite0.network({name: value for name, value in weights.items() if name != "_conv_head.weight"})
    with pytest.raises(BadInput, match="1 tensors too many, such as extra"):
        lite0.network(weights | {"extra": np.zeros(3, np.float32)})


def test_grey_is_repeated_and_rgba_lies_on_white():
    grey = np.array([[[[10]], [[200]]]], np.uint8).reshape(1, 1, 2, 1)
    np.testing.assert_array_equal(lite0.rgb(grey)[0, 0], [[10] * 3, [200] * 3])
    colours = np.array([10, 20, 30, 0, 10, 20, 30, 255, 0, 0, 0, 51], np.uint8).reshape(1, 1, 3, 4)
    np.testing.assert_allclose(lite0.rgb(colours)[0, 0], [[255] * 3, [10, 20, 30], [204] * 3], atol=1e-3)
    assert lite0.rgb(colours).dtype == lite0.rgb(grey).dtype == np.float32


def file_of_torch(tensors, monkeypatch, magic=torch_file.MAGIC, zipped=False):
    """What torch.save writes (zipped), or wrote before 1.6, for {name: (storage, array over it, offset, shape,
    strides)}."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})

    def _rebuild_tensor_v2():
        """Stands for torch's own."""

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)

    class Tensor:
        def __init__(self, *state):
            self.state = state

        def __reduce__(self):
            key, values, offset, shape, strides = self.state
            return _rebuild_tensor_v2, (Storage(key, len(values)), offset, shape, strides, False, {})

    class Storage:
        def __init__(self, key, size):
            self.key, self.size = key, size

    class Pickler(pickle.Pickler):
        def persistent_id(self, thing):
            if isinstance(thing, Storage):
                view = () if zipped else (None,)
                return ("storage", torch.FloatStorage, thing.key, "cpu", thing.size, *view)
            return None

    file, saved = io.BytesIO(), collections.OrderedDict((name, Tensor(*state)) for name, state in tensors.items())
    storages = {state[0]: state[1] for state in tensors.values()}
    if zipped:
        Pickler(content := io.BytesIO(), protocol=2).dump(saved)
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("archive/data.pkl", content.getvalue())
            for key, values in storages.items():
                archive.writestr(f"archive/data/{key}", values.astype("<f4").tobytes())
        return file.getvalue()
    for part in (magic, torch_file.VERSION, {"little_endian": True}):
        pickle.dump(part, file, protocol=2)
    Pickler(file, protocol=2).dump(saved)
    pickle.dump(list(storages), file, protocol=2)
    for values in storages.values():
        file.write(len(values).to_bytes(8, "little") + values.astype("<f4").tobytes())
    return file.getvalue()


@pytest.fixture(params=[False, True], ids=["before 1.6", "zipped"])
def good_file(monkeypatch, request):
    values = np.arange(12, dtype=np.float32)
    return file_of_torch(
        {
            "whole": ("1", values, 0, (3, 4), (4, 1)),
            "transposed": ("1", values, 0, (4, 3), (1, 4)),
            "part": ("1", values, 8, (2,), (1,)),
            "scalar": ("2", np.array([5.0]), 0, (), ()),
        },
        monkeypatch,
        zipped=request.param,
    )


def test_tensors_are_read_as_torch_wrote_them(tmp_path, good_file):
    (tmp_path / "a.pth").write_bytes(good_file)
    tensors = torch_file.load(tmp_path / "a.pth")
    grid = np.arange(12).reshape(3, 4)
    np.testing.assert_array_equal(tensors["whole"], grid)
    np.testing.assert_array_equal(tensors["transposed"], grid.T)
    np.testing.assert_array_equal(tensors["part"], [8, 9])
    assert tensors["scalar"].shape == () and tensors["scalar"] == 5


def test_a_damaged_file_is_refused_wherever_it_is_cut(tmp_path, good_file):
    path = tmp_path / "a.pth"
    for size in range(0, len(good_file), 7):
        path.write_bytes(good_file[:size])
        with pytest.raises(BadInput, match=r"a\.pth"):
            torch_file.load(path)


def test_a_tensor_outside_its_storage_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.pth"
    path.write_bytes(file_of_torch({"x": ("1", np.zeros(4), 2, (3,), (1,))}, monkeypatch))
    with pytest.raises(BadInput, match="reaches outside its storage of 4"):
        torch_file.load(path)


def test_another_kind_of_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.pth"
    path.write_bytes(file_of_torch({}, monkeypatch, magic=1))
    with pytest.raises(BadInput, match="first numbers"):
        torch_file.load(path)


def test_a_pickle_that_would_run_something_is_refused(tmp_path):
    class Evil:
        def __reduce__(self):
            return print, ("run",)

    path = tmp_path / "a.pth"
    path.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(BadInput, match=r"builtins\.print is not part of a tensor"):
        torch_file.load(path)


@pytest.mark.slow
def test_the_published_weights_are_downloaded_and_see():
    eyes = lite0.extractor()
    sunny = np.zeros([3, 64, 96, 3], np.uint8)
    sunny[1], sunny[2, :32] = 255, 200
    features, classes = eyes(sunny)
    assert features.shape == (3, 1280) and classes.shape == (3,)
    assert features.min() >= 0 and features.max() <= 6
    assert np.abs(features[1] - features[2]).max() > 0.5
    np.testing.assert_array_equal(eyes.network(sunny[..., :1])[0].shape, [3, 1280])


def test_a_perceptual_loss_sees_images_at_their_own_size(weights, monkeypatch):
    monkeypatch.setattr(published.Weights, "tensors", lambda self: weights)
    a, b = tf.random.stateless_uniform([2, 1, 32, 48, 1], [1, 2], -1, 1)
    choice = perceptual.Perceptual("lite0", ("2", "32"))
    maps, _ = choice._maps((32, 48, 1))
    assert [each.shape[1:3] for each in maps(a)] == [(16, 24), (1, 2)]
    with tf.GradientTape() as tape:
        tape.watch(a)
        value = choice.build((32, 48, 1))(a, b)
    expected = sum(float(tf.reduce_mean(tf.abs(x - y))) for x, y in zip(maps(a), maps(b), strict=True))
    assert float(value) == pytest.approx(expected, rel=1e-5)
    assert np.count_nonzero(tape.gradient(value, a)) > 1000
