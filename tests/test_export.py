"""One process serves every model of these tests: see serving.py."""

import json
import re

import keras
import numpy as np
import pytest
import serving
import tensorflow as tf

from ganzoo import samplers
from ganzoo.data.images import Spec
from ganzoo.errors import BadInput
from ganzoo.export import export
from ganzoo.gan import NoiseGAN
from ganzoo.models.image import cgan, dcgan, stylegan2, vanilla

CARD = {
    "recipe": "plain",
    "summary": "A small one.",
    "paper": "Goodfellow et al. 2014, arXiv 1406.2661",
    "command": "ganzoo train plain",
    "data": "shapes",
    "licence": "MIT",
    "images": 64000,
    "seed": 3,
    "precision": "mixed_bfloat16",
    "hardware": "2 cores",
    "versions": {"tensorflow": "2.21.0"},
    "commit": "abc",
    "date": "2026-01-02",
    "metrics": {"fd1k_lenet": {"value": 3.25, "floor": 1.5, "ceiling": None, "count": 1000, "extractor": "lenet"}},
}
MODELS = {
    "plain": (vanilla.Vanilla(g_width=1200, d_width=8), Spec(9, 7, 1)),  # z normal
    "convolutional": (dcgan.DCGAN(width=8), Spec(16, 16, 3)),  # z uniform
    "concatenating": (cgan.Concatenation(width=8), Spec(28, 28, 1, 10)),
    "residual": (cgan.Projection(g_width=8, d_width=8), Spec(16, 16, 4, 4)),
    "truncating": (stylegan2.StyleGAN2(64, 8, z_dim=6, w_dim=8, depth=2, conditional=True), Spec(8, 12, 3, 3)),
}


def trained(name: str) -> NoiseGAN:
    """A model in mixed precision with weights and statistics far from their start."""
    variant, spec = MODELS[name]
    keras.config.set_dtype_policy("mixed_bfloat16")
    model = variant.build(spec)
    keras.config.set_dtype_policy("float32")
    randomize(model.generator)
    return model


def randomize(network: keras.Model):
    draw = np.random.default_rng(1)
    for weight in network.weights:
        if re.search("variance|gamma|scale", weight.path):
            weight.assign(draw.uniform(0.5, 1.5, weight.shape))
        else:
            weight.assign(draw.normal(0, 1 / np.sqrt(max(4, np.prod(weight.shape[:-1]))), weight.shape))


def request(name: str, count: int) -> dict[str, np.ndarray]:
    """Inputs of `generate` and `png`."""
    seeds = {"seed": np.arange(count) - 2}
    classes = MODELS[name][1].classes
    if name == "truncating":
        seeds["truncation"] = np.linspace(0, 1, count, dtype=np.float32)
    return seeds | ({"label": (np.arange(count) % classes).astype(np.int32)} if classes else {})


@pytest.fixture(scope="module")
def models():
    return {name: trained(name) for name in MODELS}


@pytest.fixture(scope="module")
def folders(models, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved_models")
    for name, model in models.items():
        export(model, folder / name / "7", CARD | {"recipe": name})
    return {name: folder / name / "7" for name in models}


@pytest.fixture(scope="module")
def server(folders):
    with serving.serve(folders) as server:
        yield server


@pytest.mark.parametrize("name", MODELS)
def test_a_server_without_ganzoo_gives_the_pixels_of_the_run(name, models, server):
    inputs = request(name, 5)
    images = server.predict(name, "generate", **inputs)["image"]
    _, spec = MODELS[name]
    assert images.shape == (5, spec.height, spec.width, spec.channels) and images.dtype == np.uint8
    assert images.std() > 20
    options = inputs.get("label"), inputs.get("truncation")
    np.testing.assert_array_equal(images, samplers.of(models[name]).generate(inputs["seed"], *options))


@pytest.mark.parametrize("name", MODELS)
def test_png_holds_the_pixels_of_generate(name, server):
    inputs = request(name, 3)
    files = server.predict(name, "png", **inputs)["image_bytes"]
    images = [tf.io.decode_png(file).numpy() for file in files]
    np.testing.assert_array_equal(images, server.predict(name, "generate", **inputs)["image"])


@pytest.mark.parametrize("name", MODELS)
def test_images_are_the_network_on_noise_of_the_stated_law(name, models, server):
    """Against the network itself, rebuilt in float32: row for row, seed by seed."""
    network = models[name].make_generator()
    network.set_weights(models[name].generator.get_weights())
    inputs = request(name, 3)
    seeds, rest = inputs["seed"], {key: value for key, value in inputs.items() if key != "seed"}
    size = [models[name].z_dim]
    if models[name].latent == "normal":
        z = np.stack([tf.random.stateless_normal(size, [seed, 0], alg="philox") for seed in seeds])
    else:
        z = np.stack([tf.random.stateless_uniform(size, [seed, 0], -1, 1, alg="philox") for seed in seeds])
    made = network({"z": z} | rest, training=False).numpy()
    images = server.predict(name, "", z=z, **rest)["image"]
    np.testing.assert_array_equal(images, server.predict(name, "generate", **inputs)["image"])
    # The network runs op by op and as one batch here, so that a value may round the other way.
    levels = np.clip(np.round((made + 1) * 127.5), 0, 255).astype(int)
    assert np.abs(levels - images).max() <= 1 and (levels != images).mean() < 1e-3


@pytest.mark.parametrize("name", MODELS)
def test_a_seed_gives_one_picture_in_batches_of_1_3_and_64(name, server):
    inputs = request(name, 64)
    whole = server.predict(name, "generate", **inputs)["image"]
    for size in (1, 3):
        parts = [
            server.predict(name, "generate", **{key: value[start : start + size] for key, value in inputs.items()})
            for start in range(0, 64 if size == 3 else 8, size)
        ]
        images = np.concatenate([part["image"] for part in parts])
        np.testing.assert_array_equal(images, whole[: len(images)])


def test_a_plain_batch_depends_on_its_size(models):
    """The reason why rows are made one by one: when this fails, TensorFlow has mended it."""
    network = models["plain"].make_generator()
    network.set_weights(models["plain"].generator.get_weights())
    run = tf.function(lambda z: network({"z": z}, training=False))
    z = tf.random.stateless_normal([64, 100], [0, 0], alg="philox")
    assert not np.array_equal(run(z)[:1], run(z[:1]))


def test_signatures_are_the_pinned_ones(server):
    types = tf.dtypes

    def described(tensors):
        return {
            name: (types.as_dtype(info.dtype).name, [size.size for size in info.tensor_shape.dim])
            for name, info in tensors.items()
        }

    plain, labelled = server.signatures("plain"), server.signatures("concatenating")
    truncating = server.signatures("truncating")
    assert plain.keys() - {"__saved_model_init_op"} == {"serving_default", "generate", "png"}
    assert described(plain["serving_default"].inputs) == {"z": ("float32", [-1, 100])}
    assert described(plain["serving_default"].outputs) == {"image": ("uint8", [-1, 9, 7, 1])}
    assert described(plain["generate"].inputs) == {"seed": ("int64", [-1])}
    assert described(plain["png"].outputs) == {"image_bytes": ("string", [-1])}
    for signature in ("serving_default", "generate", "png"):
        assert described(labelled[signature].inputs)["label"] == ("int32", [-1])
        assert "truncation" not in described(labelled[signature].inputs)
        assert described(truncating[signature].inputs)["truncation"] == ("float32", [-1])


SEEDS, LABELS = np.arange(3), np.arange(3, dtype=np.int32)
Z = np.zeros([3, 100], np.float32)


@pytest.mark.parametrize(
    ("model", "signature", "inputs", "says"),
    [
        ("plain", "", {"z": Z[:, :99]}, r"z must be of shape \[N, 100\], got\] \[3 99\]"),
        ("plain", "", {"z": Z[0]}, r"z must be of shape \[N, 100\], got\] \[100\]"),
        ("plain", "", {"z": Z[..., None]}, r"z must be of shape \[N, 100\], got\] \[3 100 1\]"),
        ("plain", "generate", {"seed": SEEDS[0]}, r"seed must be of shape \[N\], got\] \[\]"),
        ("plain", "png", {"seed": SEEDS[None]}, r"seed must be of shape \[N\], got\] \[1 3\]"),
        ("plain", "generate", {"seed": SEEDS, "label": LABELS}, "inputs must be"),
        ("concatenating", "generate", {"seed": SEEDS}, "inputs must be"),
        ("concatenating", "generate", {"seed": SEEDS, "label": SEEDS}, "wrong type"),
        (
            "concatenating",
            "generate",
            {"seed": SEEDS, "label": LABELS[:1]},
            r"label and seed .* length N, got\] \[1\] \[3\]",
        ),
        (
            "concatenating",
            "png",
            {"seed": SEEDS[:1], "label": LABELS},
            r"label and seed .* length N, got\] \[3\] \[1\]",
        ),
        ("concatenating", "", {"z": Z, "label": LABELS[:, None]}, r"label must be of shape \[N\], got\] \[3 1\]"),
        ("concatenating", "", {"z": Z, "label": LABELS + 8}, r"label must be in 0\.\.9, got\] \[8 9 10\]"),
        (
            "concatenating",
            "generate",
            {"seed": SEEDS, "label": LABELS - 1},
            r"label must be in 0\.\.9, got\] \[-1 0 1\]",
        ),
        ("residual", "png", {"seed": SEEDS, "label": LABELS + 2}, r"label must be in 0\.\.3, got\] \[2 3 4\]"),
        ("truncating", "generate", {"seed": SEEDS, "label": LABELS}, "inputs must be"),
        (
            "truncating",
            "generate",
            {"seed": SEEDS, "label": LABELS, "truncation": np.ones([1], np.float32)},
            r"length N, got\] \[3\] \[3\] \[1\]",
        ),
    ],
)
def test_a_wrong_request_is_refused(server, model, signature, inputs, says):
    with pytest.raises(serving.Refused, match=f"INVALID_ARGUMENT: .*{says}"):
        server.predict(model, signature, **inputs)


def test_no_rows_give_no_images(server):
    inputs = {"seed": np.zeros([0], np.int64), "label": np.zeros([0], np.int32)}
    assert server.predict("residual", "generate", **inputs)["image"].shape == (0, 16, 16, 4)


def test_the_average_is_what_is_exported(models, tmp_path):
    model = trained("plain")
    model.average = model.make_generator()
    model.average.set_weights([0.5 * weight for weight in model.generator.get_weights()])
    export(model, tmp_path / "plain" / "1", CARD)
    alone = trained("plain")
    alone.generator.set_weights(model.average.get_weights())
    images = samplers.load(tmp_path / "plain").generate(range(4))
    np.testing.assert_array_equal(images, samplers.of(alone).generate(range(4)))
    assert (images != samplers.of(models["plain"]).generate(range(4))).any()


def test_the_policy_of_training_is_left_as_it_was(models):
    keras.config.set_dtype_policy("mixed_bfloat16")
    samplers.of(models["plain"])
    assert keras.config.dtype_policy().name == "mixed_bfloat16"


def test_an_existing_version_is_replaced_only_by_force(models, tmp_path):
    folder = tmp_path / "convolutional" / "3"
    export(models["convolutional"], folder, CARD)
    with pytest.raises(BadInput, match=r"out: .*3 exists already; --force replaces it"):
        export(models["convolutional"], folder, CARD | {"seed": 4})
    assert samplers.load(folder).card["seed"] == 3
    export(models["convolutional"], folder, CARD | {"seed": 4}, force=True)
    assert samplers.load(folder).card["seed"] == 4
    assert [path.name for path in folder.parent.iterdir()] == ["3"]


def test_a_full_disk_leaves_what_was_there(models, tmp_path, monkeypatch):
    folder = tmp_path / "convolutional" / "3"
    export(models["convolutional"], folder, CARD)

    def full(module, path, **kwargs):
        (folder.parent / ".3.tmp" / "saved_model.pb").write_bytes(b"half")
        raise tf.errors.ResourceExhaustedError(None, None, "No space left on device")

    monkeypatch.setattr(tf.saved_model, "save", full)
    with pytest.raises(BadInput, match=r"out: cannot write .*3: No space left on device"):
        export(models["convolutional"], folder, CARD, force=True)
    assert [path.name for path in folder.parent.iterdir()] == ["3"]
    assert samplers.load(folder).generate([0]).shape == (1, 16, 16, 3)


def test_what_a_killed_export_left_is_no_version(models, tmp_path):
    left = tmp_path / "convolutional" / ".3.tmp"
    left.mkdir(parents=True)
    (left / "saved_model.pb").write_bytes(b"half")
    with pytest.raises(BadInput, match="no run folder"):
        samplers.load(tmp_path / "convolutional")
    export(models["convolutional"], tmp_path / "convolutional" / "3", CARD)
    assert not left.exists()


def test_a_folder_that_cannot_be_a_version_is_refused(models, tmp_path):
    with pytest.raises(BadInput, match=r"out: .*latest ends in 'latest'; allowed: a version"):
        export(models["plain"], tmp_path / "plain" / "latest", CARD)
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=r"out: cannot write .*Not a directory"):
        export(models["plain"], tmp_path / "file" / "1", CARD)


def test_a_card_with_a_wrong_field_is_refused(models, tmp_path):
    with pytest.raises(TypeError, match="paperr"):
        export(models["plain"], tmp_path / "plain" / "1", CARD | {"paperr": ""})
    assert not (tmp_path / "plain").exists()


def test_the_card_says_what_is_known(folders):
    card = json.loads((folders["residual"] / "card.json").read_text())
    assert {key: card[key] for key in CARD} == CARD | {"recipe": "residual"}
    assert (card["image"], card["z_dim"], card["latent"], card["classes"]) == ([16, 16, 4], 128, "normal", 4)
    assert card["signatures"]["generate"]["inputs"]["label"] == {"dtype": "int32", "shape": ["N"]}
    readme = (folders["residual"] / "README.md").read_text()
    for says in (
        "arXiv 1406.2661",
        "shapes (MIT)",
        "64,000 images seen",
        "z ~ N(0, 1)",
        "| fd1k_lenet | 3.25 | 1.5 | not measured | 1,000 | lenet |",
        "| png | label int32 [N], seed int64 [N] | image_bytes string [N] |",
    ):
        assert says in readme


@pytest.mark.parametrize("name", ["convolutional", "residual", "truncating"])
def test_the_requests_of_the_card_are_answered(name, folders, server):
    """The JSON of every curl line, as the REST door would hand it on."""
    readme = (folders[name] / "README.md").read_text()
    bodies, z_dim = re.findall(r"curl .*-d '(.*)'", readme), MODELS[name][0].z_dim
    bodies += [body.replace('\\"', '"').replace("$Z", str([0.5] * z_dim))
               for body in re.findall(r'curl -d "(.*)"', readme)]  # fmt: skip
    assert len(bodies) == 3
    for body in map(json.loads, bodies):
        types = {"z": np.float32, "seed": np.int64, "label": np.int32, "truncation": np.float32}
        inputs = {key: np.array(value, types[key]) for key, value in body["inputs"].items()}
        assert server.predict(name, body.get("signature_name", ""), **inputs)


def test_an_export_names_no_folder_of_the_machine(folders):
    for path in (path for path in folders["residual"].rglob("*") if path.is_file()):
        assert str(folders["residual"].parent).encode() not in path.read_bytes()
        assert __file__.rpartition("/tests/")[0].encode() not in path.read_bytes()
