"""Which of a thousand modes a Stacked-MNIST image is: the digit of each colour, by a LeNet trained on MNIST.

The network and its training are those of `ganzoo.metrics.lenet`, on MNIST's 60,000 training digits, where Metz et al.
2017 (arXiv 1611.02163, section 3.3.1) and PacGAN take a classifier of Keras' examples.

`python -m ganzoo.metrics.digits` trains it again (minutes on two cores; downloads MNIST) and writes its files: the
weights, and a JSON with the accuracy on the 10,000 test digits.
"""

import datetime
import hashlib
import json
import sys

import keras
import numpy as np
import tensorflow as tf

import ganzoo.data
from ganzoo.metrics import lenet
from ganzoo.metrics.extractor import Extractor
from ganzoo.recipe import Data

WEIGHTS = lenet.FILES / "digits.npz"
CARD = lenet.FILES / "digits.json"
COLOURS = 3
DIGITS = 10


def extractor() -> Extractor:
    """The shipped network on each colour: features float32 [B, 192], modes 0..999 (the digits of red, green, blue)."""
    see = _reader(_stored())
    fingerprint = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    return Extractor(
        name="digits",
        dim=COLOURS * lenet.FEATURES,
        fingerprint=fingerprint,
        network=see,
        size=(28, 28),
        channels=(COLOURS,),
        modes=DIGITS**COLOURS,
        assign=modes,
    )


def modes(logits: np.ndarray) -> np.ndarray:
    """Logits [B, 3, 10] -> int64 [B], 100 x the digit of the first colour + 10 x the second's + the third's."""
    return logits.argmax(axis=2) @ np.array([100, 10, 1])


def _reader(model: keras.Model):
    def see(images):
        colours = tf.reshape(tf.transpose(images, [0, 3, 1, 2]), [-1, 28, 28, 1])
        features, logits = model(colours, training=False)
        return tf.reshape(features, [-1, COLOURS * lenet.FEATURES]), tf.reshape(logits, [-1, COLOURS, DIGITS])

    return tf.function(see, input_signature=[tf.TensorSpec([None, 28, 28, COLOURS], tf.uint8)])


def read(images: np.ndarray) -> np.ndarray:
    """int64 [N]: the digit of each grey image, uint8 [N, 28, 28, 1]."""
    model = _stored()
    parts = [images[start : start + 500] for start in range(0, len(images), 500)]
    return np.concatenate([model(tf.constant(part), training=False)[1].numpy().argmax(1) for part in parts])


def _stored() -> keras.Model:
    model = lenet.network()
    with np.load(WEIGHTS) as stored:
        model.set_weights([stored[f"w{index}"].astype(np.float32) for index in range(len(stored.files))])
    return model


def write(model: keras.Model, images: np.ndarray, labels: np.ndarray) -> dict:
    """Store weights (float16) and the card, measured on test digits uint8 [N, 28, 28, 1] with the weights as stored."""
    np.savez_compressed(WEIGHTS, **{f"w{i}": w.astype(np.float16) for i, w in enumerate(model.get_weights())})
    stored = _stored()
    logits = np.concatenate([stored(part, training=False)[1].numpy() for part in np.array_split(images, 20)])
    card = {
        "network": "LeNet for 28x28 grey images, 64 features, 10 classes; applied to each of three colours",
        "data": "MNIST (LeCun et al. 1998), CC-BY-SA-3.0 in the package that it comes from",
        "protocol": f"60000 training images, {lenet.EPOCHS} epochs, batch {lenet.BATCH}; accuracy on {len(images)} "
        "test images with the weights as stored (float16)",
        "test_accuracy": round(float(np.mean(logits.argmax(axis=1) == labels)), 4),
        "seed": lenet.SEED,
        "date": datetime.date.today().isoformat(),
        "versions": {"python": sys.version.split()[0], "tensorflow": tf.__version__, "keras": keras.__version__},
        "command": "python -m ganzoo.metrics.digits",
    }
    CARD.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return card


def main() -> None:
    """Train on the 60,000, measure on the 10,000, write the files and print the card."""
    tf.config.experimental.enable_op_determinism()
    training = ganzoo.data.open(Data(source="package", name="mnist"))
    test = ganzoo.data.open(Data(source="package", name="mnist", split="test"))
    model = lenet.train(training.images, training.labels)
    print(json.dumps(write(model, test.images, test.labels), indent=2))


if __name__ == "__main__":
    main()
