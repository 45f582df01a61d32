"""The model card that stands beside an exported model: card.json for programs, README.md for people."""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Card:
    """What the trainer of a model knows. `ganzoo.export` adds what the model itself states: shapes, signatures.

    metrics: protocol name -> what `ganzoo.metrics.evaluate` returned for it: value, floor, ceiling, count, extractor.
    versions: package -> version it was trained with. date: ISO 8601.
    """

    recipe: str
    summary: str  # what it is, in a line
    paper: str
    command: str  # that trains it again
    data: str
    licence: str  # of the data
    images: int  # seen in training
    seed: int
    precision: str  # it was trained in; exports compute in float32
    hardware: str
    versions: dict[str, str]
    commit: str
    date: str
    seconds: float | None = None  # of training; None = not known
    citation: str = ""  # of the data
    class_names: tuple[str, ...] = ()
    metrics: dict[str, dict] = dataclasses.field(default_factory=dict)
    source: dict[str, Any] = dataclasses.field(default_factory=dict)  # the recipe's `data`, `metrics` and `test`


_LAWS = {
    "normal": ("N(0, 1)", "random.gauss(0, 1)"),
    "uniform": ("U[-1, 1)", "random.uniform(-1, 1)"),
}

_REQUESTS = """```sh
# in the folder that holds {recipe}/
docker run --rm -p 8500:8500 -p 8501:8501 -v "$PWD/{recipe}:/models/{recipe}" -e MODEL_NAME={recipe} tensorflow/serving

URL=http://localhost:8501/v1/models/{recipe}:predict
curl -d '{{"signature_name": "generate", "inputs": {{"seed": [0, 1]{labels}}}}}' $URL
{png}
Z=$(python3 -c 'import random; print([{draw} for _ in range({z_dim})])')
curl -d "{{\\"inputs\\": {{\\"z\\": [$Z]{escaped}}}}}" $URL
```

```python
import tensorflow as tf  # ganzoo is not needed

generate = tf.saved_model.load("{recipe}/{version}").signatures["generate"]
{output}s = generate(seed=tf.constant([0, 1], tf.int64){tensor})["{output}"]
```"""

_TRANSLATE = """```sh
# in the folder that holds {recipe}/
docker run --rm -p 8500:8500 -p 8501:8501 -v "$PWD/{recipe}:/models/{recipe}" -e MODEL_NAME={recipe} tensorflow/serving

URL=http://localhost:8501/v1/models/{recipe}:predict
IMAGE=$(base64 -w0 in.png)
echo '{{"signature_name": "{direction}_bytes", "inputs": {{"image_bytes": [{{"b64": "'$IMAGE'"}}]}}}}' > in.json
curl -s -d @in.json $URL > out.json
python3 -c 'import base64, json; print(json.load(open("out.json"))["outputs"][0]["b64"])' | base64 -d > out.png
```

```python
import tensorflow as tf  # ganzoo is not needed

translate = tf.saved_model.load("{recipe}/{version}").signatures["{direction}_bytes"]
png = translate(image_bytes=tf.constant([open("in.png", "rb").read()]))["image_bytes"][0].numpy()
```"""

_WRITE = """```sh
# in the folder that holds {recipe}/
docker run --rm -p 8500:8500 -p 8501:8501 -v "$PWD/{recipe}:/models/{recipe}" -e MODEL_NAME={recipe} tensorflow/serving

URL=http://localhost:8501/v1/models/{recipe}:predict
curl -d '{{"inputs": {{"seed": [0, 1], "temperature": [1.0, 0.8], "top_k": [0, 0]}}}}' $URL
```

```python
import tensorflow as tf  # ganzoo is not needed

write = tf.saved_model.load("{recipe}/{version}").signatures["serving_default"]
asked = {{"temperature": tf.constant([1.0, 0.8]), "top_k": tf.constant([0, 0])}}
print(write(seed=tf.constant([0, 1], tf.int64), **asked)["text"])
```"""

_FILM = """```sh
# in the folder that holds {recipe}/
docker run --rm -p 8500:8500 -p 8501:8501 -v "$PWD/{recipe}:/models/{recipe}" -e MODEL_NAME={recipe} tensorflow/serving

# num_frames is one number for all rows, which only the form "inputs" can say
URL=http://localhost:8501/v1/models/{recipe}:predict
curl -d '{{"inputs": {{"content_seed": [0, 0], "motion_seed": [1, 2], "num_frames": {frames}}}}}' $URL
```

```python
import tensorflow as tf  # ganzoo is not needed

film = tf.saved_model.load("{recipe}/{version}").signatures["serving_default"]
seeds = {{"content_seed": tf.constant([0, 0], tf.int64), "motion_seed": tf.constant([1, 2], tf.int64)}}
video = film(**seeds, num_frames=tf.constant({frames}))["video"]
```"""

_PNG = """
curl -s -d '{{"signature_name": "png", "inputs": {{"seed": [0]{label}}}}}' $URL > png.json
python3 -c 'import base64, json; print(json.load(open("png.json"))["outputs"][0]["b64"])' | base64 -d > 0.png
"""


def markdown(card: dict[str, Any], version: int) -> str:
    """README.md of a card as card.json holds it, with requests that can be pasted into a shell."""
    kinds = {"directions": _translating, "words": _writing, "clip": _filming}
    kind = next((kind for fact, kind in kinds.items() if fact in card), _generating)
    makes, rows, requests = kind(card, version)
    facts = {
        "Paper": card["paper"],
        "Data": f"{card['data']} ({card['licence']})" + (f". {card['citation']}" if card["citation"] else ""),
        **makes,
        "Classes": ", ".join(f"{index} {name}" for index, name in enumerate(card["class_names"])),
        "Trained": _training(card),
        "Train it again": f"`{card['command']}`",
        "Made with": ", ".join(f"{name} {number}" for name, number in card["versions"].items()),
        "Commit": card["commit"],
    }
    parts = [
        f"# {card['recipe']}",
        card["summary"],
        "\n".join(f"- **{name}**: {value}" for name, value in facts.items() if value),
        "## Measured",
        _metrics(card["metrics"]) if card["metrics"] else "Not measured.",
        "## Signatures",
        _signatures(card["signatures"]),
        rows,
        "## Requests",
        requests,
    ]
    return "\n\n".join(parts) + "\n"


def _generating(card: dict[str, Any], version: int) -> tuple[dict[str, str], str, str]:
    """Of a generator: what it makes, on what a row depends, and requests."""
    law, _ = _LAWS[card["latent"]]
    condition = f" and one of {card['classes']} classes" if card["classes"] else ""
    makes = {
        "Makes": f"{_samples(card['image'])} from {card['z_dim']} numbers z ~ {law}{condition}",
        "Truncation": _truncation(card),
    }
    rows = "Each sample depends on its own row of the inputs alone: a seed gives the same in a batch of any size."
    return makes, rows, _requests(card, version)


def _translating(card: dict[str, Any], version: int) -> tuple[dict[str, str], str, str]:
    """Of a translator, likewise."""
    colours = {1: "grey", 3: "RGB", 4: "RGBA"}
    says = []
    for name, about in card["directions"].items():
        larger = f", {about['scale']} times as large" if about["scale"] > 1 else ""
        says.append(f"`{name}` {colours[about['given']]} to {colours[about['made']]}{larger}")
    makes = {"Translates": f"{', '.join(says)}; images of any size"}
    rows = (
        "Each image depends on its own row of the inputs alone. The first three signatures are the first direction's."
    )
    first = next(iter(card["directions"]))
    return makes, rows, _TRANSLATE.format(recipe=card["recipe"], version=version, direction=first)


def _writing(card: dict[str, Any], version: int) -> tuple[dict[str, str], str, str]:
    """Of a writer, likewise."""
    tokens = "words" if card["words"] else "tokens"
    makes = {
        "Writes": f"sentences of at most {card['length']} {tokens} out of {card['vocabulary']:,}",
        "Temperature": "0.0001 to 10000, below 1 likelier sentences; top_k is how many tokens are drawn from, 0 = all",
    }
    rows = "Each sentence depends on its own row of the inputs alone: a seed gives the same in a batch of any size."
    return makes, rows, _WRITE.format(recipe=card["recipe"], version=version)


def _filming(card: dict[str, Any], version: int) -> tuple[dict[str, str], str, str]:
    """Of a generator of clips, likewise."""
    frames, *shape = card["clip"]
    makes = {
        "Makes": f"clips of {'x'.join(map(str, shape))} uint8 frames, trained on {frames}; one content_seed with "
        "several motion_seeds is one thing that moves in several ways",
    }
    rows = "Each clip depends on its own seeds alone, and goes on the same way however many frames are asked for."
    return makes, rows, _FILM.format(recipe=card["recipe"], version=version, frames=frames)


def _samples(shape: list[int]) -> str:
    return f"{'x'.join(map(str, shape))} uint8 images" if len(shape) == 3 else f"float32 points of {shape[0]} numbers"


def _truncation(card: dict[str, Any]) -> str:
    if card.get("cut_z"):
        return "the largest |z|; each z is moved to its quantile of the cut law, 10 and more leave it as it is"
    return "0 is the mean style, 1 the style of z" if card["truncates"] else ""


def _training(card: dict[str, Any]) -> str:
    duration = f" in {card['seconds']:,.0f} s" if card["seconds"] is not None else ""
    return (
        f"{card['images']:,} images seen{duration}, {card['precision']}, seed {card['seed']}, on {card['hardware']}, "
        f"{card['date']}; {card['parameters']:,} parameters"
    )


def _metrics(metrics: dict[str, dict]) -> str:
    lines = [
        "| metric | this model | floor (real against real) | ceiling (untrained) | images | extractor |",
        "|---|---|---|---|---|---|",
    ]
    for name, result in metrics.items():
        numbers = [
            "not measured" if result.get(key) is None else f"{result[key]:.4g}" for key in ("value", "floor", "ceiling")
        ]
        lines.append(f"| {name} | {' | '.join(numbers)} | {result['count']:,} | {result['extractor']} |")
    return "\n".join(lines)


def _signatures(signatures: dict[str, dict]) -> str:
    def say(tensors: dict[str, dict]) -> str:
        return ", ".join(
            f"{name} {tensor['dtype']} [{', '.join(map(str, tensor['shape']))}]" for name, tensor in tensors.items()
        )

    lines = ["| signature | inputs | outputs |", "|---|---|---|"]
    lines += [f"| {name} | {say(both['inputs'])} | {say(both['outputs'])} |" for name, both in signatures.items()]
    return "\n".join(lines)


def _requests(card: dict[str, Any], version: int) -> str:
    labels = label = tensor = ""
    if card["classes"]:
        second = min(1, card["classes"] - 1)
        labels, label, tensor = f', "label": [0, {second}]', ', "label": [0]', f", label=tf.constant([0, {second}])"
    if card["truncates"]:
        labels, label = labels + ', "truncation": [1, 1]', label + ', "truncation": [1]'
        tensor += ", truncation=tf.ones([2])"
    return _REQUESTS.format(
        recipe=card["recipe"],
        version=version,
        z_dim=card["z_dim"],
        draw=_LAWS[card["latent"]][1],
        labels=labels,
        png=_PNG.format(label=label) if "png" in card["signatures"] else "",
        output=next(iter(card["signatures"]["generate"]["outputs"])),
        escaped=label.replace('"', '\\"'),
        tensor=tensor,
    )
