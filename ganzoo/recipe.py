"""A recipe is a value: the networks, the data, the game and the length of one experiment.

A recipe is a Python file below recipes/ whose docstring says in fixed fields what it is and whose function `recipe()`
returns one `Recipe`; `smoke()` shrinks it to seconds on one CPU. Recipes derive from each other by
`dataclasses.replace`. This module does not import TensorFlow, so that the command line can refuse a wrong name or
override at once.
"""

import ast
import dataclasses
import difflib
import functools
import importlib.util
import operator
import pathlib
import types
import typing
from collections.abc import Callable, Sequence
from typing import Any, Literal

from ganzoo.errors import BadInput

Source = Literal["bundled", "tfds", "package", "night", "folder", "npz", "tfrecord", "mixture", "stacked"]


@dataclasses.dataclass(frozen=True)
class Data:
    """Where images come from and how they become batches.

    `source` is one of `ganzoo.data.SOURCES` or `MADE`; `name` is what that source calls the set: a bundled set, a TFDS
    `name[/config]`, a package set of `ganzoo data list`, for `night` one of photos that is turned to synthetic night,
    for `mixture` one of Gaussians (ring8, grid25, mixture10), for `stacked` the package set whose digits are stacked.
    `path` is a file or folder for folder, npz and tfrecord sources, or TFDS's `data_dir`. Everything the spec of a
    batch depends on (`size`, `channels`, `classes`) may be stated; where it is, the data need not be opened to build a
    model, and data that disagree are refused.

    `tile` and `window` make small images of large ones. A tile is cut when the set is opened, a window of it when it is
    seen: `tile=128, window=96` shows 96x96 pixels at any place of a tile of 128. With `tile`, `limit` and `held_out`
    count what the source holds, so that parts of one photo are never on both sides.
    """

    source: Source = "bundled"
    name: str = ""
    split: str = "train"
    path: str | None = None
    size: int | tuple[int, int] | None = None  # side, or height x width, in pixels; None = as they are
    channels: Literal[1, 3, 4] | None = None  # grey, RGB or RGBA; None = as they are
    classes: int | None = None  # number of classes; None = as the data say, 0 = labels are ignored
    # cut every image, whatever its size, into tiles of this side, one beside the other, instead of resizing it; what is
    # over at the right and below is left out, and so are images smaller than that
    tile: int | None = None
    # side, or height x width, of the part of an image that is seen, at a random place drawn anew each time; metrics and
    # pictures show the centre
    window: int | tuple[int, int] | None = None
    crop: bool = True  # centre crop to the aspect of `size` before resizing; False squeezes
    flip: bool = False  # each image mirrored left to right with probability 1/2
    limit: int | None = None  # keep this many images only, the first by the data's own order
    held_out: int = 0  # images kept from training, a fixed choice, by which a diagnosis sees whether D overfits
    skip_bad: bool = False  # count and skip unreadable files instead of stopping at them
    on_device: bool = False  # keep the set on the device as uint8 and gather there


@dataclasses.dataclass(frozen=True)
class Pairs:
    """Two domains, `a` and `b`, between which a game translates.

    aligned: image i of `b` belongs to image i of `a`: they are seen together, cut and mirrored alike. Else `b` is drawn
    by an order of its own, and of the larger set every image is seen once an epoch. path: a folder whose layout says
    where both domains are, see `ganzoo.data.layouts`; then source, name, path and split of `a` and `b` mean nothing.
    split: of that folder, train or test.
    """

    a: Data = Data()
    b: Data = Data()
    aligned: bool = False
    path: str | None = None
    split: str = "train"

    @property
    def on_device(self) -> bool:
        """Whether both sets are kept on the device. Sets that disagree are refused when they are opened."""
        return self.a.on_device


@dataclasses.dataclass(frozen=True)
class Text:
    """Where sentences come from and how they become tokens.

    source: "oracle", sequences that a random network draws, see `ganzoo.data.oracle`; "grammar", formulas, see
    `ganzoo.data.grammar`; "package", the corpus `name` of `ganzoo.data.corpora`; "file", a text file in UTF-8 at
    `path`, a sentence a line; "tfds", `name[/config]:feature` with `path` for its `data_dir`. A sentence of more than
    `length` tokens is left out and counted.
    """

    source: Literal["oracle", "grammar", "package", "file", "tfds"] = "file"
    name: str = ""
    path: str | None = None
    split: str = "train"
    level: Literal["word", "character"] = "word"  # what a token is; characters where words are not spaced
    vocabulary: int = 5000  # entries at most, the two for padding and for what is unknown included
    length: int = 20  # tokens of a sentence at most
    known: bool = False  # leave out, and count, sentences with a word that the vocabulary lacks
    limit: int | None = None  # keep this many sentences only, the first
    held_out: int = 0  # sentences kept from training, a fixed choice, on which likelihood is measured
    seed: int = 0  # of the oracle's network and of what is drawn
    on_device: bool = False  # keep the set on the device and gather there


@dataclasses.dataclass(frozen=True)
class Video:
    """Where clips come from and how many frames of them a game sees.

    source: "moving", the package or bundled set of images `name` moving about a dark square, see `ganzoo.data.moving`;
    "package", the clips `name` of a package, fluent_emoji; "folder", what lies in `path`: animated pictures, films, and
    folders of frames, a clip each; "tfds", a set of films of TensorFlow Datasets, `path` its data_dir. Of each clip
    `frames` are seen, every `stride`-th, from a start that is drawn anew each time. Long clips are cut into several;
    `limit` and `held_out` count what the source holds, so that parts of one film are never on both sides.
    """

    source: Literal["moving", "package", "folder", "tfds"] = "folder"
    name: str = ""
    path: str | None = None
    split: str = "train"
    size: int = 64  # side of the frames in pixels, cut from the centre
    channels: Literal[1, 3] = 3
    frames: int = 16
    stride: int = 1
    limit: int | None = None  # keep this many clips only, the first
    held_out: int = 0  # clips kept from training, a fixed choice
    seed: int = 0  # of what moves
    on_device: bool = False  # keep the set on the device and gather there


@dataclasses.dataclass(frozen=True)
class Train:
    """How long and how. Durations are counted in images: the reals that D sees, `batch` x `d_steps` a step."""

    images: int
    batch: int = 64  # reals of one D update
    tick: int = 0  # images between log lines, sample grids and checkpoints
    evaluate: int = 0  # images between evaluations; 0 = at the end only
    precision: Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"] = "auto"
    seed: int = 0
    steps_per_execution: int = 1  # steps per call into TensorFlow
    replicas: int = 1  # devices that share each batch
    accumulate: int = 1  # parts of a batch, or of a device's share, that are in memory one after the other
    xla: Literal["auto", "on", "off"] = "auto"  # auto: on one GPU
    init_from: str | None = None  # run folder or checkpoint whose networks to start from, see `transfer`
    init_partial: bool = False  # take of it the weights that fit; False = all must
    # rollback: to the last good checkpoint, with another seed, three times at most
    on_divergence: Literal["stop", "rollback"] = "stop"


@dataclasses.dataclass(frozen=True)
class Game:
    """How the two play: what `GAN.compile` takes."""

    d_optimizer: Any
    g_optimizer: Any
    adversarial: Any
    regularizers: tuple = ()
    augment: Any = None  # set from the command line by name, see `AUGMENTS`
    ema: Any = None
    d_steps: int = 1
    freeze_d: int = 0  # D's first layers with weights that stand still


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One experiment. `model` is a frozen dataclass with `build(spec)`; `metrics[0]` decides which is best.

    test: images that are never trained on, by which games between images are judged; None = those of `data`.
    """

    model: Any
    data: Data | Pairs | Text | Video
    game: Game
    train: Train
    metrics: tuple[str, ...] = ()
    test: Data | Pairs | None = None


@dataclasses.dataclass(frozen=True)
class Entry:
    """What the docstring of a recipe file says of it, read without importing it."""

    name: str
    path: pathlib.Path
    module: str
    summary: str
    task: str
    variant: str
    data: str
    paper: str
    command: str


FIELDS = ("Task", "Variant", "Data", "Paper", "Command")


def folder() -> pathlib.Path:
    """The folder of the recipes: of the checkout, or of the installed package."""
    return pathlib.Path(next(iter(importlib.util.find_spec("ganzoo.recipes").submodule_search_locations)))


@functools.cache
def entries() -> dict[str, Entry]:
    """Every recipe of the zoo by name, from the docstrings alone."""
    found = {}
    for path in sorted(folder().rglob("*.py")):
        if path.name.startswith("_") or path.parent.name == "studies":
            continue
        found[path.stem] = _entry(path)
    return found


def _entry(path: pathlib.Path) -> Entry:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    fields = dict.fromkeys(FIELDS, "")
    current = None
    for line in docstring.splitlines():
        head, colon, rest = line.partition(":")
        if colon and head in FIELDS:
            current, fields[head] = head, rest.strip()
        elif current and line.startswith("  "):
            fields[current] += " " + line.strip()
        else:
            current = None
    relative = path.relative_to(folder()) if path.is_relative_to(folder()) else pathlib.Path(path.name)
    module = ".".join(["ganzoo", "recipes", *relative.with_suffix("").parts])
    return Entry(
        path.stem, path, module, docstring.partition("\n")[0], **{name.lower(): fields[name] for name in FIELDS}
    )


def find(recipe: str) -> Entry:
    """The recipe of that name or at that path. Raises BadInput with the nearest names."""
    if recipe in entries():
        return entries()[recipe]
    if recipe.endswith(".py"):
        path = pathlib.Path(recipe)
        if not path.is_file():
            raise BadInput(f"recipe: no file {recipe}")
        try:
            return _entry(path.resolve())
        except (SyntaxError, UnicodeDecodeError) as error:
            raise BadInput(f"recipe: {recipe} is not Python: {error}") from error
    near = difflib.get_close_matches(recipe, entries(), n=3, cutoff=0.4)
    hint = f"nearest: {', '.join(near)}" if near else "see `ganzoo list`"
    raise BadInput(f"recipe: no recipe named {recipe!r}; {hint}")


def load(recipe: str, overrides: Sequence[str] = (), smoke: bool = False) -> Recipe:
    """The recipe of that name or path with `field=value` overrides applied.

    Imports the recipe's model, and with it TensorFlow. Raises BadInput for an unknown recipe, field or a value of a
    wrong type.
    """
    entry = find(recipe)
    check(overrides)
    module = _import(entry)
    made = getattr(module, "smoke" if smoke else "recipe")()
    for override in overrides:
        made = override_field(made, *_split(override))
    return made


def _import(entry: Entry) -> types.ModuleType:
    if entry.name in entries() and entries()[entry.name].path == entry.path:
        module = importlib.import_module(entry.module)
    else:
        spec = importlib.util.spec_from_file_location(f"ganzoo_recipe_{entry.name}", entry.path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    for function in ("recipe", "smoke"):
        if not callable(getattr(module, function, None)):
            raise BadInput(f"recipe: {entry.path} has no function {function}()")
    return module


def check(overrides: Sequence[str]) -> None:
    """Refuse what can be refused without the recipe: malformed overrides, wrong `train.*` and `data.*` fields, and a
    wrong `game.augment`."""
    for override in overrides:
        path, value = _split(override)
        part, _, rest = path.partition(".")
        if part not in {field.name for field in dataclasses.fields(Recipe)}:
            raise _unknown(path, part, [field.name for field in dataclasses.fields(Recipe)])
        if part == "train":
            _parse(path, value, _hint(Train, path, rest))
        if part == "data":
            _parse(path, value, _data_hint(path, rest))
        if path == "game.augment":
            _augment_name(value)


# What `game.augment=NAME` sets: a class of `ganzoo.augment` with its default values.
AUGMENTS = {"none": None, "ada": "ADA", "diffaugment": "DiffAugment"}


def _augment_name(text: str) -> str | None:
    if text.lower() not in AUGMENTS:
        raise BadInput(f"override: game.augment={text!r} is not one of {', '.join(AUGMENTS)}")
    return AUGMENTS[text.lower()]


KINDS = (Data, Pairs, Text, Video)  # what `Recipe.data` may be


def _data_hint(path: str, rest: str) -> Any:
    """The type of a field below `data`, of whichever of its kinds has it: which it is, only the recipe says."""
    domain, _, field = rest.partition(".")
    if domain in ("a", "b") and field:
        return _hint(Data, path, field)
    kinds = [kind for kind in KINDS if rest in {field.name for field in dataclasses.fields(kind)}]
    if not kinds:
        raise _unknown(path, rest, [field.name for kind in KINDS for field in dataclasses.fields(kind)])
    return functools.reduce(operator.or_, (_hint(kind, path, rest) for kind in kinds))


def _split(override: str) -> tuple[str, str]:
    path, equals, value = override.partition("=")
    if not equals or not path:
        raise BadInput(f"override: {override!r} is not of the form field=value, e.g. train.images=1_000_000")
    return path, value


def override_field(target: Any, path: str, value: str, prefix: str = "") -> Any:
    """`target` with the field at the dotted `path` replaced by `value`, parsed as the field's declared type.

    An element of a tuple is named by its index, by its `name`, or where it has none by its class in lower case:
    `game.regularizers.r1.gamma`, `game.regularizers.0.gamma`.
    """
    name, _, rest = path.partition(".")
    full = prefix + name
    if isinstance(target, tuple):
        place = _place(target, full, name)
        return (*target[:place], override_field(target[place], rest, value, f"{full}."), *target[place + 1 :])
    if not dataclasses.is_dataclass(target):
        why = "is none" if target is None else "has no fields"
        raise BadInput(f"override: {prefix.rstrip('.')} {why}, so {(prefix + path).rstrip('.')} cannot be set")
    hint = _hint(type(target), full, name)
    if rest:
        return dataclasses.replace(target, **{name: override_field(getattr(target, name), rest, value, f"{full}.")})
    if full == "game.augment":
        from ganzoo import augment  # with TensorFlow, which a recipe has loaded by now

        chosen = _augment_name(value)
        return dataclasses.replace(target, augment=chosen and getattr(augment, chosen)())
    return dataclasses.replace(target, **{name: _parse(full, value, hint)})


def _place(elements: tuple, path: str, name: str) -> int:
    """The index of the one element called `name`, see `override_field`."""
    names = [getattr(each, "name", None) or type(each).__name__.lower() for each in elements]
    found = [index for index, each in enumerate(names) if name in (each, str(index))]
    if len(found) != 1:
        there = ", ".join(f"{index} ({each})" for index, each in enumerate(names)) or "none, for there are no elements"
        raise BadInput(f"override: {path!r} is {'no' if not found else 'more than one'} element; allowed: {there}")
    return found[0]


def _hint(kind: type, path: str, name: str) -> Any:
    names = [field.name for field in dataclasses.fields(kind) if field.init]
    if name not in names:
        raise _unknown(path, name, names)
    return typing.get_type_hints(kind)[name]


def _unknown(path: str, name: str, names: list[str]) -> BadInput:
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return BadInput(f"override: unknown field {path!r}; {hint}allowed: {', '.join(names)}")


def _parse(path: str, text: str, hint: Any) -> Any:
    """`text` as a value of the annotated type `hint`; raises BadInput naming field, value and what is allowed."""
    options = (
        typing.get_args(hint)
        if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union
        else (hint,)
    )
    for option in options:
        try:
            return _parse_one(text, option)
        except ValueError:
            continue
    raise BadInput(f"override: {path}={text!r} is not {' or '.join(_say(option) for option in options)}")


def _parse_one(text: str, hint: Any) -> Any:
    if hint is type(None) and text.lower() == "none":
        return None
    if hint is bool and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if hint in (int, float):
        return hint(text)
    if hint is str:
        return text
    if typing.get_origin(hint) is Literal:
        for allowed in typing.get_args(hint):
            if text == str(allowed):
                return allowed
    if typing.get_origin(hint) is tuple:
        kinds = typing.get_args(hint)
        parts = text.split("x") if kinds == (int, int) else [part for part in text.split(",") if part]
        if kinds[-1] is Ellipsis:
            kinds = (kinds[0],) * len(parts)
        if len(parts) == len(kinds):
            return tuple(_parse_one(part, kind) for part, kind in zip(parts, kinds, strict=True))
    raise ValueError(text)


def _say(hint: Any) -> str:
    if hint is type(None):
        return "none"
    if hint is bool:
        return "true or false"
    if hint is int:
        return "a whole number"
    if hint is float:
        return "a number"
    if hint is str:
        return "text"
    if typing.get_origin(hint) is Literal:
        return "one of " + ", ".join(str(allowed) for allowed in typing.get_args(hint))
    if typing.get_args(hint) == (int, int):
        return "height x width such as 64x96"
    if typing.get_args(hint) == (str, ...):
        return "names separated by commas"
    return f"settable from the command line ({hint})"


def describe(value: Any) -> Any:
    """A recipe, or any part of it, as JSON values: dataclasses as objects with their class under `kind`."""
    if dataclasses.is_dataclass(value):
        fields = {field.name: describe(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"kind": type(value).__name__} | fields
    if isinstance(value, (tuple, list)):
        return [describe(item) for item in value]
    if isinstance(value, functools.partial):
        return {"kind": value.func.__name__} | {name: describe(item) for name, item in value.keywords.items()}
    if isinstance(value, Callable) and hasattr(value, "__name__"):
        return value.__name__
    return value


def data_of(described: dict) -> Data | Pairs | Text | Video:
    """The inverse of `describe` for the kinds of data, as a card holds them."""
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in described.items()}
    kind = next(each for each in KINDS if each.__name__ == fields["kind"])
    del fields["kind"]
    if kind is Pairs:
        fields |= {name: data_of(fields[name]) for name in ("a", "b")}
    return kind(**fields)


def images_per_step(recipe: Recipe) -> int:
    """Reals that D sees between two updates of G."""
    return recipe.train.batch * recipe.game.d_steps


def rows(recipe: Recipe) -> int:
    """Reals that an update has in memory at once: a device's share of a batch, or a part of it."""
    return recipe.train.batch // (recipe.train.replicas * recipe.train.accumulate)


def check_lengths(recipe: Recipe) -> None:
    """Refuse durations that a whole number of calls into TensorFlow cannot make, naming the nearest that can."""
    train = recipe.train
    for name in ("images", "batch", "tick", "steps_per_execution", "replicas", "accumulate"):
        if getattr(train, name) < 1:
            raise BadInput(f"train.{name}: {getattr(train, name)} is not at least 1")
    if train.evaluate < 0:
        raise BadInput(f"train.evaluate: {train.evaluate} is not at least 0")
    if not 0 <= train.seed < 2**31:
        raise BadInput(f"train.seed: {train.seed} is not between 0 and {2**31 - 1}")
    if train.batch % train.replicas:
        raise BadInput(f"train.batch: {train.batch} is not a multiple of train.replicas = {train.replicas}")
    if train.batch % (train.replicas * train.accumulate):
        raise BadInput(
            f"train.batch: {train.batch} is not a multiple of train.accumulate x train.replicas = "
            f"{train.accumulate * train.replicas}"
        )
    if train.steps_per_execution > 1 and train.replicas > 1:
        raise BadInput(f"train.steps_per_execution: {train.steps_per_execution} needs train.replicas = 1")
    call = images_per_step(recipe) * train.steps_per_execution
    for name, unit in (("images", call), ("tick", call), ("evaluate", train.tick)):
        value = getattr(train, name)
        if value % unit:
            below, above = value // unit * unit, -(-value // unit) * unit
            what = "train.tick" if name == "evaluate" else "batch x d_steps x steps_per_execution"
            nearest = f"{below} or {above}" if below else f"{above}"
            raise BadInput(f"train.{name}: {value} is not a multiple of {what} = {unit}; nearest: {nearest}")
