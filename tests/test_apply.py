"""`ganzoo apply` with what people bring: large images, holes, 16 bits, transparency, and mistakes."""

import io
import json
import struct
import sys
import zlib

import keras
import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest
import tensorflow as tf

from ganzoo import applying, cli, export, holes, tiling
from ganzoo.data import depth
from ganzoo.data.images import Spec
from ganzoo.data.pairs import PairSpec
from ganzoo.errors import BadInput
from ganzoo.generator import levels
from ganzoo.models.translation import cyclegan
from ganzoo.translator import Served

IDENTITY = {"given": 3, "made": 3, "multiple": 1, "scale": 1, "reach": 0, "statistics": 0, "memory": 24}


def pixels(*shape, seed=0, kind=np.uint8):
    return np.random.default_rng(seed).integers(0, np.iinfo(kind).max + 1, shape, kind)


def functions(name, make, given, **options):
    """The signatures of a direction that `make`s float32 [N, H, W, C] of such."""
    specs = {each: tf.TensorSpec(spec.shape, spec.dtype, each) for each, spec in options.items()}

    def whole(image, **options):
        return {"image": levels(make(tf.cast(2 * tf.cast(image, tf.int32) - 255, tf.float32) / 255, **options))}

    def exact(image, **options):
        return {"image": make(image, **options)}

    shape = [None, None, None, given]
    return {
        name: tf.function(whole).get_concrete_function(image=tf.TensorSpec(shape, tf.uint8, "image"), **specs),
        f"{name}_float": tf.function(exact).get_concrete_function(
            image=tf.TensorSpec(shape, tf.float32, "image"), **specs
        ),
    }


def write_model(folder, directions, signatures, weights=()):
    module = tf.Module()
    module.weights = list(weights)
    tf.saved_model.save(module, str(folder / "1"), signatures=signatures)
    (folder / "1" / export.CARD).write_text(json.dumps({"directions": directions}))
    return folder


@pytest.fixture(scope="module")
def identity(tmp_path_factory):
    make = functions("same", tf.identity, 3) | functions("grey", tf.identity, 1)
    return write_model(
        tmp_path_factory.mktemp("identity"), {"same": IDENTITY, "grey": IDENTITY | {"given": 1, "made": 1}}, make
    )


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """Two networks that look three pixels far and see zeros beyond the border: of one size, and four times as large."""
    signatures, directions, weights = {}, {}, []
    for name, scale in (("same", 1), ("large", 4)):
        keras.utils.set_random_seed(scale)
        x = image = keras.Input((None, None, 3))
        for _ in range(3):
            x = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(x)
        network = keras.Model(image, keras.layers.Conv2D(3, 1)(keras.layers.UpSampling2D(scale)(x)))
        signatures |= functions(name, network, 3)
        weights += [weight.value for weight in network.weights]
        directions[name] = IDENTITY | {"scale": scale, "reach": 3, "memory": 64}
    return write_model(tmp_path_factory.mktemp("local"), directions, signatures, weights)


def with_mean(image, mask):
    """Every pixel of all is darkened, those of the holes get the mean of the others."""
    hole = tf.cast(mask > 127, tf.float32)
    known = tf.reduce_sum(image * (1 - hole), [1, 2], keepdims=True) / tf.reduce_sum(1 - hole, [1, 2], keepdims=True)
    return tf.where(hole > 0, known, image - 0.1)


@pytest.fixture(scope="module")
def filling(tmp_path_factory):
    given = {"mask": tf.TensorSpec([None, None, None, 1], tf.uint8)}
    about = IDENTITY | {"reach": None, "mask": True}
    return write_model(tmp_path_factory.mktemp("filling"), {"fill": about}, functions("fill", with_mean, 3, **given))


@pytest.fixture(scope="module")
def between(tmp_path_factory):
    def make(image, alpha):
        return image * alpha[:, None, None, None]

    given = {"alpha": tf.TensorSpec([None], tf.float32)}
    about = {"deblur": IDENTITY | {"alpha": True}}
    return write_model(tmp_path_factory.mktemp("between"), about, functions("deblur", make, 3, **given))


@pytest.fixture
def run(monkeypatch, capsys):
    def play(*arguments):
        monkeypatch.setattr(sys, "argv", ["ganzoo", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            cli.app()
        return stopped.value.code, capsys.readouterr()

    return play


def save(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(image).save(path)
    return path


def opened(path):
    return np.asarray(PIL.Image.open(path))


@pytest.mark.parametrize("direction", ["same", "large"])
@pytest.mark.parametrize("size", [(75, 131), (30, 95)])
def test_tiles_give_the_picture_of_the_whole_to_one_level(local, tmp_path, run, monkeypatch, direction, size):
    monkeypatch.setattr(applying, "PAUSE", 0.0)
    file = save(tmp_path / "in.png", pixels(*size, 3))
    for tile in ("auto", 40):
        code, said = run("apply", local, file, "--direction", direction, "--tile", tile, "--out", tmp_path / str(tile))
        assert code == 0 and (": tile 2 of" in said.err) == (tile == 40) and ": tile" not in said.out
    whole, tiled = (opened(tmp_path / each / "in.png").astype(int) for each in ("auto", "40"))
    assert whole.shape[0] == size[0] * (4 if direction == "large" else 1) and np.ptp(whole) > 20
    assert np.abs(tiled - whole).max() <= 1


def test_auto_takes_tiles_only_where_maps_are_larger_than_allowed(local, monkeypatch):
    applier, image = applying.load(str(local)), pixels(60, 75, 3)
    seen = []

    def watched(name):
        def call(image, **options):
            seen.append(image.shape[1:3].as_list() if isinstance(image, tf.Tensor) else list(image.shape[1:3]))
            return applier.signature(name)(image=image, **options)

        return call

    watching = applying.Applier(watched, {"directions": applier.directions})
    whole = watching.apply(image)
    monkeypatch.setattr(tiling, "HELD", 64 * 50 * 50)  # a square of 50 at the 64 bytes a pixel of the card
    tiled = watching.apply(image)
    assert seen[0] == [60, 75] and len(seen) == 5 and max(map(max, seen[1:])) <= 50
    assert np.abs(tiled.astype(int) - whole).max() <= 1
    monkeypatch.setattr(tiling, "HELD", 64)
    seen.clear()
    watching.apply(image)
    assert 30 < max(map(max, seen)) <= tiling.least(3, 1)  # and never smaller ones


def test_auto_halves_tiles_where_memory_ends(identity):
    applier, told = applying.load(str(identity)), []

    def small(name):
        def call(image):
            if max(image.shape[1:3]) > 60:
                raise tf.errors.ResourceExhaustedError(None, None, "no more")
            return applier.signature(name)(image=image)

        return call

    poor = applying.Applier(small, {"directions": applier.directions})
    image = pixels(90, 110, 3)
    assert np.array_equal(poor.apply(image, tell=told.append), image)
    assert told == ["more memory than there is; now tiles of 55"]
    with pytest.raises(BadInput, match="--tile: 80 takes more memory than there is"):
        poor.apply(image, applying.Order(tile=80))


@pytest.fixture(scope="module")
def cycle():
    keras.utils.set_random_seed(1)
    nets = cyclegan.CycleGAN(cyclegan.ResNet(width=2, d_width=2, blocks=0), pool=2, identity=0.0)
    return nets.build(PairSpec(Spec(24, 24, 3), Spec(24, 24, 1)))


def test_a_run_and_its_export_make_the_same_of_tiles_with_instance_norm(cycle, tmp_path):
    text = dict.fromkeys(("recipe", "summary", "paper", "command", "data", "licence", "precision", "hardware"), "x")
    card = text | {"images": 1, "seed": 0, "versions": {}, "commit": "", "date": "2026-01-01"}
    export.export(cycle, tmp_path / "1", card)
    served, loaded = Served(cycle), applying.load(str(tmp_path / "1"))
    assert loaded.directions == served.facts["directions"]
    image = np.kron(pixels(15, 19, 3), np.ones([8, 8, 1], np.uint8))
    for order in (applying.Order(), applying.Order("b2a", tile=88), applying.Order("a2b", tile=88)):
        channels = loaded.directions[loaded.named(order.direction)]["given"]
        made = [
            each.apply(image[:, :, :channels], order)
            for each in (applying.Applier(served.signature, served.facts), loaded)
        ]
        assert np.array_equal(*made) and made[0].shape == (120, 152, 4 - channels)


def test_tiles_with_instance_norm_have_the_statistics_of_the_image_in_small(cycle):
    served = Served(cycle)
    applier = applying.Applier(served.signature, served.facts)
    # Waves on a slope: a tile by itself would find other means than the image has.
    rows, columns = np.mgrid[:96, :192, :3][:2]
    waves = 30 * np.sin(rows / 9) * np.cos(columns / 11 + np.arange(3))
    image = (waves + np.linspace(40, 210, 192)[:, None]).astype(np.uint8)
    whole = applier.apply(image).astype(int)
    tiled = applier.apply(image, applying.Order(tile=88)).astype(int)
    halves = [applier.apply(image[:, start : start + 96]).astype(int) for start in (0, 96)]
    alone = np.concatenate(halves, axis=1)
    assert np.abs(tiled - whole).mean() < np.abs(alone - whole).mean() / 2
    joint = np.abs(np.diff(tiled[:, 80:112], axis=1)).mean() / np.abs(np.diff(whole[:, 80:112], axis=1)).mean()
    assert joint == pytest.approx(1, abs=0.3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--tile", "8"), "--tile: 8; allowed: auto, or at least 39 for same"),
        (("--tile", "0"), "'0'; allowed: auto or a number of pixels"),
        (("--tile", "half"), "'half'; allowed: auto or a number of pixels"),
        (("--direction", "whole", "--tile", "512"), "whole takes no tiles: each of its pixels depends on the whole"),
        (("--direction", "old", "--tile", "512"), "old takes no tiles: its export is too old; allowed: auto"),
        (("--mask", "M"), "but same fills no holes"),
        (("--alpha", "0.5"), "--alpha: 0.5, but same is one network"),
        (("--direction", "fill"), "--mask: none given, and fill fills holes"),
        (("--direction", "mixed", "--alpha", "1.5"), "--alpha: 1.5; allowed: 0..1"),
        (("--direction", "mixed", "--alpha", "nan"), "--alpha: nan; allowed: 0..1"),
        (("--alpha", "much"), "'much' is not a valid float"),
    ],
)
def test_what_a_model_cannot_do_is_refused_in_one_line(tmp_path, run, arguments, words):
    directions = {"same": IDENTITY | {"reach": 3}, "whole": IDENTITY | {"reach": None}}
    directions |= {"fill": IDENTITY | {"mask": True}, "mixed": IDENTITY | {"alpha": True}}
    directions["old"] = {"given": 3, "made": 3, "multiple": 1, "scale": 1}
    model = write_model(tmp_path / "model", directions, functions("same", tf.identity, 3))
    PIL.Image.fromarray(pixels(4, 4)).save(tmp_path / "M", "PNG")
    file = save(tmp_path / "a.png", pixels(12, 16, 3))
    arguments = [str(tmp_path / each) if each == "M" else each for each in arguments]
    code, said = run("apply", model, file, "--out", tmp_path / "out", *arguments)
    assert code == 2 and words in said.err and len(said.err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def mask_of(size, *boxes):
    found = np.zeros(size, np.uint8)
    for rows, columns in boxes:
        found[rows, columns] = 255
    return found


def test_holes_are_filled_and_all_else_is_kept(filling, tmp_path, run):
    image = pixels(40, 50, 3)
    hole = mask_of((40, 50), (slice(5, 12), slice(20, 31)))
    save(tmp_path / "in" / "deep" / "a.png", image)
    save(tmp_path / "in" / "b.png", image)
    rgba = np.concatenate([np.repeat(hole[:, :, None], 3, 2), np.full((40, 50, 1), 255, np.uint8)], axis=2)
    save(tmp_path / "masks" / "deep" / "a.png", rgba)
    PIL.Image.fromarray(np.repeat(hole[:, :, None] // 2 + 1, 3, axis=2)).save(tmp_path / "masks" / "b.bmp")
    code, _ = run("apply", filling, tmp_path / "in", "--mask", tmp_path / "masks", "--out", tmp_path / "out")
    assert code == 0
    for name in ("deep/a.png", "b.png"):
        made = opened(tmp_path / "out" / name)
        assert np.array_equal(made[hole == 0], image[hole == 0])
        mean = image[hole == 0].mean(axis=0)
        np.testing.assert_allclose(made[hole > 0], np.broadcast_to(mean, [77, 3]), atol=1)


def test_large_images_are_filled_hole_by_hole(filling):
    applier = applying.load(str(filling))
    image = np.linspace(0, 255, 1500).astype(np.uint8)[None, :, None].repeat(300, 0).repeat(3, 2)
    boxes = [(slice(10, 30), slice(40, 60)), (slice(200, 260), slice(1400, 1500)), (slice(270, 280), slice(1390, 1395))]
    mask = mask_of((300, 1500), *boxes) > 0
    parts = list(holes.crops(mask, holes.SIDE))
    # The second and the third lie together, and are filled together.
    assert [box for box, _ in parts] == [(slice(0, 158), slice(0, 188)), (slice(72, 300), slice(1262, 1500))]
    made = applier.apply(image, mask=mask)
    assert np.array_equal(made[~mask], image[~mask])
    for (rows, columns), inside in parts:
        hole = mask[rows, columns]
        np.testing.assert_allclose(made[rows, columns][hole], image[rows, columns][~hole].mean(), atol=1)
        assert np.array_equal(inside, hole)
    whole = applier.apply(image, applying.Order(tile=1500), mask)
    np.testing.assert_allclose(whole[mask], image[~mask].mean(), atol=1)


def test_crops_share_out_the_holes():
    mask = np.random.default_rng(2).random((700, 900)) < 0.0001
    total = np.zeros(mask.shape, int)
    for box, inside in holes.crops(mask, 128):
        total[box] += inside
    assert np.array_equal(total, mask) and mask.sum() > 30


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (np.zeros((12, 16), np.uint8), "a.png has no hole, its largest value is 0"),
        (np.ones((12, 16), np.uint8), "a.png has no hole, its largest value is 1; a hole is above 127"),
        (np.full((16, 12), 255, np.uint8), "a.png is 16x12, but"),
        (np.full((12, 16, 4), (255, 255, 255, 0), np.uint8), "has no hole"),
        (None, "cannot read"),
        ("missing", "none for"),
        ("folder", "nothing at"),
    ],
)
def test_a_wrong_mask_is_named_before_anything_is_written(filling, tmp_path, run, mask, words):
    save(tmp_path / "in" / "0.png", pixels(12, 16, 3))
    save(tmp_path / "masks" / "0.png", np.full((12, 16), 255, np.uint8))
    save(tmp_path / "in" / "a.png", pixels(12, 16, 3))
    if mask is None:
        (tmp_path / "masks" / "a.png").write_bytes(b"no picture")
    elif not isinstance(mask, str):
        save(tmp_path / "masks" / "a.png", mask)
    given = tmp_path / ("none" if isinstance(mask, str) and mask == "folder" else "masks")
    code, said = run("apply", filling, tmp_path / "in", "--mask", given, "--out", tmp_path / "out")
    assert code == 2 and words in said.err and len(said.err.strip().splitlines()) == 1
    assert "a.png" in said.err or "none" in said.err
    assert not (tmp_path / "out").exists()


def test_a_mask_fits_an_image_that_lies_on_its_side(filling, tmp_path, run):
    image = PIL.Image.fromarray(pixels(12, 16, 3))
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "a.jpg", exif=exif, quality=95)
    save(tmp_path / "m.png", mask_of((16, 12), (slice(0, 4), slice(0, 4))))
    code, _ = run("apply", filling, tmp_path / "a.jpg", "--mask", tmp_path / "m.png", "--out", tmp_path / "out")
    turned = np.asarray(PIL.ImageOps.exif_transpose(PIL.Image.open(tmp_path / "a.jpg")))
    made = opened(tmp_path / "out" / "a.png")
    assert code == 0 and np.array_equal(made[4:], turned[4:]) and not np.array_equal(made[:4], turned[:4])


def test_alpha_goes_to_the_model_and_is_one_without(between, tmp_path, run):
    image = pixels(9, 7, 3)
    file = save(tmp_path / "a.png", image)
    for name, option in (("plain", ()), ("half", ("--alpha", "0.5"))):
        assert run("apply", between, file, "--out", tmp_path / name, *option)[0] == 0
    assert np.array_equal(opened(tmp_path / "plain" / "a.png"), image)
    half = opened(tmp_path / "half" / "a.png")
    assert np.abs(half - (image / 2 + 63.75)).max() <= 1


def tiff(values, order="<", compression=1, predictor=1, rows=3, orientation=1):
    """A file of uint16 [H, W, 3], in strips of some rows."""
    height, width, channels = values.shape
    stored = np.diff(values, axis=1, prepend=np.uint16(0)) if predictor == 2 else values
    strips = [stored[at : at + rows].astype(f"{order}u2").tobytes() for at in range(0, height, rows)]
    strips = [zlib.compress(each) if compression == 8 else each for each in strips]
    places = list(np.cumsum([8] + [len(each) for each in strips]))
    tags = {256: width, 257: height, 258: [16] * channels, 259: compression, 262: 2, 273: places[:-1], 274: orientation}
    tags |= {277: channels, 278: rows, 279: [len(each) for each in strips], 284: 1, 317: predictor}
    body, start = b"", places[-1] + 2 + 12 * len(tags) + 4
    entries = b""
    for tag, value in tags.items():
        items = value if isinstance(value, list) else [value]
        content = struct.pack(f"{order}{len(items)}I", *items)
        if len(items) > 1:
            body, content = body + content, struct.pack(f"{order}I", start + len(body))
        entries += struct.pack(f"{order}HHI", tag, 4, len(items)) + content
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, places[-1])
    return head + b"".join(strips) + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + body


def files_of_16_bits():
    grey, colour, clear = (pixels(37, 45, channels, kind=np.uint16) for channels in (1, 3, 4))
    plain = io.BytesIO()
    PIL.Image.fromarray(grey[:, :, 0]).save(plain, "TIFF")
    clear[0, 0, 3], clear[0, 0, :3] = 0, 65535
    return {
        "grey.png": (depth.encoded(grey), grey),
        "grey.tif": (plain.getvalue(), grey),
        "colour.png": (depth.encoded(colour), colour),
        "clear.png": (depth.encoded(clear), clear),
        "plain.tif": (tiff(colour), colour),
        "motorola.tif": (tiff(colour, ">"), colour),
        "deflate.tif": (tiff(colour, compression=8), colour),
        "predicted.tif": (tiff(colour, compression=8, predictor=2), colour),
    }


@pytest.mark.parametrize("tile", ["auto", "35"])
@pytest.mark.parametrize("name", files_of_16_bits())
def test_16_bits_go_in_and_come_out(identity, tmp_path, run, name, tile):
    content, values = files_of_16_bits()[name]
    (tmp_path / name).write_bytes(content)
    direction = "grey" if values.shape[2] == 1 else "same"
    code, said = run(
        "apply", identity, tmp_path / name, "--direction", direction, "--tile", tile, "--out", tmp_path / "out"
    )
    assert code == 0, said.err
    made = (tmp_path / "out" / name).with_suffix(".png").read_bytes()
    assert made[24] == 16 and np.array_equal(tf.io.decode_png(made, dtype=tf.uint16), values)


def test_16_bits_change_colours_as_8_bits_do():
    clear = pixels(20, 30, 4)
    for channels in (1, 3, 4):
        for image in (clear, clear[:, :, :3], clear[:, :, :1], clear[:, :, 2:]):
            picture = PIL.Image.fromarray(image if image.shape[2] > 2 else image[:, :, 0])
            if image.shape[2] == 2:
                picture = PIL.Image.merge("LA", [picture, PIL.Image.fromarray(image[:, :, 1])]).convert("RGBA")
            wanted = applying.pixels.fit(picture, None, channels)
            made = depth.fit(image.astype(np.uint16) * 257, channels)
            assert made.shape == wanted.shape and np.abs(made / 257 - wanted).max() <= 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (tiff(pixels(4, 4, 3, kind=np.uint16), compression=5), "allowed: deflate"),
        (depth.encoded(pixels(40, 40, 3, kind=np.uint16))[:2000], "damaged PNG"),
    ],
)
def test_16_bits_that_cannot_be_read_are_named(identity, tmp_path, run, content, why):
    (tmp_path / "in").mkdir()
    name = "a.tif" if content[:2] == b"II" else "a.png"
    (tmp_path / "in" / name).write_bytes(content)
    save(tmp_path / "in" / "b.png", pixels(5, 6, 3))
    code, said = run("apply", identity, tmp_path / "in", "--out", tmp_path / "out", "--json")
    report = json.loads(said.out)
    assert code == 1 and why in report["failed"][str(tmp_path / "in" / name)]
    assert report["files"] == [str(tmp_path / "out" / "b.png")]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_as_pillow_turns_it(tmp_path, orientation):
    image = pixels(5, 7, 3)
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    PIL.Image.fromarray(image).save(tmp_path / "a.png", exif=exif)
    wanted = np.asarray(PIL.ImageOps.exif_transpose(PIL.Image.open(tmp_path / "a.png")))
    assert np.array_equal(depth.turned(image, orientation), wanted)
    assert np.array_equal(applying.opened(tmp_path / "a.png", 3, 3)[0], wanted)
    PIL.Image.fromarray(image[:, :, 0].astype(np.uint16) * 257).save(tmp_path / "b.tif", exif=exif)
    PIL.Image.fromarray(image[:, :, 0]).save(tmp_path / "c.tif", exif=exif)
    assert np.array_equal(applying.opened(tmp_path / "c.tif", 1, 1)[0], wanted[:, :, :1])
    deep, _ = applying.opened(tmp_path / "b.tif", 1, 1)
    assert deep.dtype == np.uint16 and np.array_equal(deep, wanted[:, :, :1].astype(np.uint16) * 257)
    (tmp_path / "d.tif").write_bytes(tiff(image.astype(np.uint16) * 257, orientation=orientation))
    assert np.array_equal(applying.opened(tmp_path / "d.tif", 3, 3)[0], wanted.astype(np.uint16) * 257)


def test_colour_models_carry_transparency_others_show_white(identity, local, tmp_path, run):
    image = pixels(12, 10, 4)
    image[:4, :, 3], image[4:8, :, 3] = 0, 255
    file = save(tmp_path / "a.png", image)
    for model, direction in ((identity, "same"), (identity, "grey"), (local, "large")):
        assert run("apply", model, file, "--direction", direction, "--out", tmp_path / direction)[0] == 0
    made = opened(tmp_path / "same" / "a.png")
    assert np.array_equal(made[4:], image[4:]) and np.array_equal(made[:4, :, 3], image[:4, :, 3])
    assert np.all(made[:4, :, :3] == 255)
    large = opened(tmp_path / "large" / "a.png")
    assert large.shape == (48, 40, 4) and np.all(large[:14, :, 3] == 0) and np.all(large[18:30, :, 3] == 255)
    assert opened(tmp_path / "grey" / "a.png").shape == (12, 10) and np.all(
        opened(tmp_path / "grey" / "a.png")[:4] == 255
    )


def test_a_palette_is_read_as_its_colours(identity, tmp_path, run):
    picture = PIL.Image.fromarray(pixels(10, 12, 3)).quantize(8)
    picture.save(tmp_path / "a.png")
    assert picture.mode == "P" and run("apply", identity, tmp_path / "a.png", "--out", tmp_path / "out")[0] == 0
    assert np.array_equal(opened(tmp_path / "out" / "a.png"), np.asarray(picture.convert("RGB")))


def test_help_says_what_there_is(run):
    code, said = run("apply", "--help")
    assert code == 0 and all(option in said.out for option in ("--mask", "--tile", "--alpha", "--direction"))
