"""LeNet for 28x28 grey images: a small classifier trained on Fashion-MNIST's 60,000 training images.

After LeCun et al. 1998, "Gradient-based learning applied to document recognition", section II.B, with today's parts:
ReLU and ELU, max pooling, dropout and AdamW in place of scaled tanh, trainable subsampling and Euclidean outputs. The
features are the 64 units before the classes: few enough that a covariance over 10,000 images is well determined.

`python -m ganzoo.metrics.lenet` trains it again (minutes on two cores) and writes its files: the weights, a JSON with
the accuracy on the 10,000 test images, and the features of 10,000 training images, which are the far side of the
floor that `evaluate` reports for data made from the test images.
"""

import datetime
import hashlib
import json
import pathlib
import sys

import keras
import numpy as np
import tensorflow as tf

import ganzoo.data
from ganzoo.data.fashion_mnist import CLASSES
from ganzoo.metrics import perceptual
from ganzoo.metrics.extractor import Extractor
from ganzoo.recipe import Data

FILES = pathlib.Path(__file__).with_name("files")
WEIGHTS = FILES / "lenet.npz"
REALS = FILES / "lenet_fashion_mnist.npz"
CARD = FILES / "lenet.json"
FEATURES = 64
EPOCHS = 15
BATCH = 128
SEED = 0


def network() -> keras.Model:
    """uint8 [B, 28, 28, 1] -> features float32 [B, 64] (at least -1), logits float32 [B, 10]. Untrained.

    Every initializer has its seed and every layer its dtype: opening an extractor in the middle of a training neither
    moves Keras' global seed nor follows its precision policy.
    """

    def layer(kind, *args, **kwargs):
        return kind(*args, dtype="float32", **kwargs)

    def he_normal(seed):
        return keras.initializers.HeNormal(seed=SEED + seed)

    image = keras.Input([28, 28, 1], dtype="uint8")
    x = layer(keras.layers.Rescaling, 1 / 127.5, offset=-1.0)(image)
    x = layer(keras.layers.Conv2D, 32, 5, padding="same", activation="relu", kernel_initializer=he_normal(1))(x)
    x = layer(keras.layers.MaxPooling2D)(x)  # [B, 14, 14, 32]
    x = layer(keras.layers.Conv2D, 64, 3, padding="same", activation="relu", kernel_initializer=he_normal(2))(x)
    x = layer(keras.layers.MaxPooling2D)(x)  # [B, 7, 7, 64]
    x = layer(keras.layers.Flatten)(x)
    x = layer(keras.layers.Dropout, 0.1, seed=SEED)(x)
    # ELU: of 64 ReLU units 26 died in training, and a constant feature compares nothing.
    features = layer(keras.layers.Dense, FEATURES, activation="elu", kernel_initializer=he_normal(3))(x)
    x = layer(keras.layers.Dropout, 0.3, seed=SEED + 1)(features)
    logits = layer(keras.layers.Dense, len(CLASSES), kernel_initializer=he_normal(4))(x)
    return keras.Model(image, [features, logits], name="lenet")


def trained() -> keras.Model:
    """`network` with the shipped weights."""
    model = network()
    with np.load(WEIGHTS) as stored:
        model.set_weights([stored[f"w{index}"].astype(np.float32) for index in range(len(stored.files))])
    return model


def maps() -> perceptual.Maps:
    """Maps of the shipped network for float32 [B, 28, 28, 1] in -1..1: 28x28x32 and 14x14x64, after their ReLU."""
    model = trained()
    # Behind its input, which is uint8 and would round, and behind the scaling to -1..1.
    last = perceptual.last_convolutions(model, model.layers[1].output)
    return lambda images: last(images, training=False)


def extractor() -> Extractor:
    """The shipped network."""
    model = trained()
    see = tf.function(
        lambda images: model(images, training=False), input_signature=[tf.TensorSpec([None, 28, 28, 1], tf.uint8)]
    )
    fingerprint = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    return Extractor(
        name="lenet",
        dim=FEATURES,
        fingerprint=fingerprint,
        network=see,
        size=(28, 28),
        channels=(1,),
        class_names=CLASSES,
        others=training_features,
        maps=maps,
        classes=len(CLASSES),
    )


def training_features(reals) -> np.ndarray | None:
    """Features float32 [10000, 64] of 10,000 training images, if `reals` (an ImageSet) are the 10,000 test images."""
    if len(reals) != 10_000 or digest(reals.read(np.arange(len(reals)))) != json.loads(CARD.read_text())["test_images"]:
        return None
    with np.load(REALS) as stored:
        return stored["features"].astype(np.float32)


def digest(images: np.ndarray) -> str:
    """SHA-256 of the pixels, hex."""
    return hashlib.sha256(np.ascontiguousarray(images)).hexdigest()


def train(images: np.ndarray, labels: np.ndarray) -> keras.Model:
    """Fit to images uint8 [N, 28, 28, 1] and labels int [N] by cross-entropy, with a rate that falls to zero."""
    keras.utils.set_random_seed(SEED)
    model = network()
    steps = EPOCHS * -(-len(images) // BATCH)
    classifier = keras.Model(model.input, model.outputs[1])
    classifier.compile(
        keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(2e-3, steps), weight_decay=1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    classifier.fit(images, labels, batch_size=BATCH, epochs=EPOCHS, verbose=2)
    return model


def write(model: keras.Model, images: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray) -> dict:
    """Store weights (float16), training features (float16) and the card, measured on the weights as stored."""
    FILES.mkdir(exist_ok=True)
    # The rounding to float16 costs nothing measurable and halves the file.
    np.savez_compressed(WEIGHTS, **{f"w{i}": w.astype(np.float16) for i, w in enumerate(model.get_weights())})
    eyes = extractor()
    chosen = np.random.default_rng(SEED).permutation(len(images))[:10_000]
    features = np.concatenate([eyes(images[part])[0] for part in np.array_split(chosen, 100)])
    np.savez_compressed(REALS, features=features.astype(np.float16), indices=chosen.astype(np.int32))
    classes = np.concatenate([eyes(part)[1] for part in np.array_split(test_images, 100)])
    card = {
        "network": "LeNet for 28x28 grey images, 64 features, 10 classes",
        "data": "Fashion-MNIST (Xiao et al. 2017, arXiv 1708.07747), MIT licence",
        "protocol": f"{len(images)} training images, {EPOCHS} epochs, batch {BATCH}; accuracy on "
        f"{len(test_images)} test images with the weights as stored (float16)",
        "test_accuracy": round(float(np.mean(classes == test_labels)), 4),
        "per_class_accuracy": [round(float(np.mean(classes[test_labels == k] == k)), 3) for k in range(len(CLASSES))],
        "classes": list(CLASSES),
        "test_images": digest(test_images),
        "parameters": model.count_params(),
        "seed": SEED,
        "date": datetime.date.today().isoformat(),
        "versions": {"python": sys.version.split()[0], "tensorflow": tf.__version__, "keras": keras.__version__},
        "command": "python -m ganzoo.metrics.lenet",
    }
    CARD.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return card


def main() -> None:
    """Train on the 60,000, measure on the 10,000, write the files and print the card."""
    tf.config.experimental.enable_op_determinism()
    training = ganzoo.data.open(Data(source="package", name="fashion_mnist"))
    test = ganzoo.data.open(Data(source="bundled", name="fashion_mnist"))
    model = train(training.images, training.labels)
    print(json.dumps(write(model, training.images, test.images, test.labels), indent=2))


if __name__ == "__main__":
    main()
