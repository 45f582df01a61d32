"""`ganzoo evaluate FOLDER --against FOLDER`."""

import json
import sys

import keras
import numpy as np
import PIL.Image
import pytest

import ganzoo.data
from ganzoo import cli, pictures
from ganzoo.metrics import kernel
from ganzoo.recipe import Data


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    monkeypatch.setattr(kernel, "SUBSETS", 5)
    monkeypatch.setenv("GANZOO_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def evaluate(monkeypatch, capsys):
    def evaluate(*arguments):
        monkeypatch.setattr(sys, "argv", ["ganzoo", "evaluate", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.app()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out, captured.err

    return evaluate


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two folders with class folders of real images, 60 each, the second without one of the classes."""
    root = tmp_path_factory.mktemp("folders")
    reals = ganzoo.data.open(Data(name="fashion_mnist"))
    for name, skipped, kinds in (("samples", 0, (0, 1, 2)), ("reals", 40, (0, 1, 2)), ("other", 0, (0, 1))):
        for kind in kinds:
            chosen = reals.images[reals.labels == kind][skipped : skipped + 60 // len(kinds)]
            pictures.write(chosen, root / name / f"{kind}{name == 'other'}")
    return root


def test_images_from_anywhere_are_judged_against_images_from_anywhere(evaluate, folders):
    names = "fd60_lenet,kd60_lenet,precision60_lenet,is60_lenet,ifd60_lenet,memo60_lenet"
    code, out, _ = evaluate(
        folders / "samples", "--against", folders / "reals", "--metrics", names, "--json", "--pairs", "pairs.png"
    )
    report = json.loads(out)
    assert code == 0 and list(report["metrics"]) == names.split(",")
    assert (report["images"], report["against"]) == (None, str(folders / "reals"))
    fd = report["metrics"]["fd60_lenet"]
    assert fd["value"] > 0 and fd["ceiling"] is None and fd["reals"] == "reals"
    # Class folders lie one behind the other: all three must be among the samples.
    assert np.count_nonzero(np.array(fd["classes"]) > 0.2) == 3
    assert PIL.Image.open("pairs.png").size == (16 * 28, 2 * 28)
    code, out, _ = evaluate(folders / "samples", "--against", folders / "reals", "--metrics", "hq9_lenet")
    assert code == 2


def test_images_in_a_file_judge_as_those_in_a_folder(evaluate, folders):
    images = ganzoo.data.open(Data(source="folder", path=str(folders / "samples"), name="samples")).images
    np.savez("samples.npz", images=images)
    values = [
        json.loads(evaluate(source, "--against", folders / "reals", "--metrics", "fd60_lenet", "--json")[1])
        for source in ("samples.npz", folders / "samples")
    ]
    first, second = (value["metrics"]["fd60_lenet"]["value"] for value in values)
    assert first == pytest.approx(second, rel=1e-9)


def test_an_own_extractor_is_named_by_path(evaluate, folders):
    image = keras.Input([28, 28, 1])
    keras.Model(image, keras.layers.Flatten()(keras.layers.AveragePooling2D(14)(image))).save("own.keras")
    code, out, _ = evaluate(
        folders / "samples", "--against", folders / "reals", "--metrics", "fd60_own", "--extractor", "keras:own.keras"
    )
    assert code == 0 and "fd60_own" in out


def test_features_in_a_file_judge_as_their_images(evaluate, folders):
    names = "fd30_lenet,kd30_lenet,recall30_lenet"
    samples, reals = folders / "samples", folders / "reals"
    code, out, _ = evaluate(samples, "--against", reals, "--metrics", names, "--features", "reals.npz", "--json")
    assert code == 0
    first, second = (
        json.loads(text)["metrics"]
        for text in (out, evaluate(samples, "--against", "reals.npz", "--metrics", names, "--json")[1])
    )
    for name in names.split(","):
        assert second[name]["value"] == first[name]["value"] and second[name]["floor"] == first[name]["floor"]
        assert second[name]["reals_count"] == first[name]["reals_count"] == 30


def test_a_feature_file_of_another_protocol_is_refused(evaluate, folders):
    samples = folders / "samples"
    evaluate(samples, "--against", folders / "reals", "--metrics", "fd30_lenet", "--features", "reals.npz")
    with np.load("reals.npz") as stored:
        parts = dict(stored)
    protocol = json.loads(str(parts["protocol"]))
    np.savez("nan.npz", **parts | {"features": parts["features"] * np.nan})
    np.savez("bare.npz", features=parts["features"])
    np.savez("lacks.npz", **parts | {"protocol": np.array(json.dumps({"extractor": "lenet"}))})
    np.savez("other.npz", **parts | {"protocol": np.array(json.dumps(protocol | {"weights": "0" * 64}))})
    for file, metric, words in [
        ("other.npz", "fd30_lenet", ["other.npz", "weights 000000000000", "lenet"]),
        ("reals.npz", "swd30_pixels", ["reals.npz", "lenet", "pixels"]),
        ("reals.npz", "is30_lenet", ["reals.npz", "no images"]),
        ("reals.npz", "ifd30_lenet", ["ifd30_lenet", "classes"]),
        ("nan.npz", "fd30_lenet", ["nan.npz", "finite"]),
        ("bare.npz", "fd30_lenet", ["bare.npz"]),
        ("lacks.npz", "fd30_lenet", ["lacks.npz", "weights"]),
    ]:
        code, _, err = evaluate(samples, "--against", file, "--metrics", metric)
        assert code == 2 and len(err.strip().splitlines()) == 1, (file, metric, err)
        for word in words:
            assert word in err, (file, metric, err)
    two = "fd30_lenet,swd30_pixels"
    code, _, err = evaluate(samples, "--against", folders / "reals", "--metrics", two, "--features", "x.npz")
    assert code == 2 and "lenet, pixels" in err


def test_what_cannot_be_compared_is_refused_in_one_line(evaluate, folders):
    samples, reals = folders / "samples", folders / "reals"
    pictures.write(np.zeros([30, 32, 32, 3], np.uint8), "colour")
    for arguments, words in [
        ((samples, "--against", reals), ["--metrics"]),
        ((samples, "--metrics", "fd60_lenet"), ["no run folder"]),
        ((samples, "--against", "nowhere", "--metrics", "fd60_lenet"), ["nowhere"]),
        ((samples, "--against", reals, "--metrics", "fd61_lenet"), ["--n", "61", "60"]),
        ((samples, "--against", reals, "--metrics", "fd60_own"), ["own", "--extractor"]),
        ((samples, "--against", reals, "--metrics", "fd60_lenet", "--pairs", "x.png"), ["--pairs", "memo"]),
        (("colour", "--against", reals, "--metrics", "fd30_lenet"), ["[30, 32, 32, 3]", "[30, 28, 28, 1]"]),
        ((samples, "--against", folders / "other", "--metrics", "ifd60_lenet"), ["ifd60_lenet", "classes"]),
        ((samples, "--against", reals, "--metrics", "fid60_lenet"), ["fid60_lenet", "2015"]),
    ]:
        code, _, err = evaluate(*arguments)
        assert code == 2 and len(err.strip().splitlines()) == 1, (arguments, err)
        for word in words:
            assert word in err, (arguments, err)
