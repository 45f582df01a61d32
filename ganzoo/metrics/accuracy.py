"""Classification accuracy score (Ravuri and Vinyals 2019, arXiv 1905.10887, section 3): learn from samples, be tested
on real images.

A classifier that saw nothing but labelled samples is right on real images as far as the samples have the data's
classes, their variety and detail. Theirs is a ResNet-50 on ImageNet; here a small convolutional network, always the
same steps of training, so values compare with each other and with the floor (learnt from real images) only.
"""

import numpy as np

from ganzoo.metrics.kind import Kind
from ganzoo.metrics.statistics import share

STEPS = 400
BATCH = 128  # images
RATE = 2e-3
SEED = 0
SIDE = 7  # pixels at which the convolutions end


def network(shape: tuple[int, int, int], classes: int):
    """uint8 [B, H, W, C] -> logits float32 [B, K]: 3x3 convolutions and halving down to 7 pixels. Untrained."""
    import keras

    def he_normal(seed):
        return keras.initializers.HeNormal(seed=SEED + seed)

    image = keras.Input(shape, dtype="uint8")
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, dtype="float32")(image)
    width = 32
    while min(x.shape[1:3]) > SIDE:
        convolution = keras.layers.Conv2D(
            width, 3, padding="same", activation="relu", kernel_initializer=he_normal(width), dtype="float32"
        )
        x = keras.layers.MaxPooling2D(dtype="float32")(convolution(x))
        width = min(2 * width, 128)
    x = keras.layers.Flatten(dtype="float32")(x)
    x = keras.layers.Dense(64, activation="elu", kernel_initializer=he_normal(1), dtype="float32")(x)
    return keras.Model(image, keras.layers.Dense(classes, kernel_initializer=he_normal(2), dtype="float32")(x))


def fit(images: np.ndarray, labels: np.ndarray, classes: int):
    """The network after its steps on images uint8 [N, H, W, C] with labels int [N] in 0..classes-1."""
    import keras
    import tensorflow as tf

    model = network(images.shape[1:], classes)
    weights = model.trainable_variables
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(RATE, STEPS))
    optimizer.build(weights)

    @tf.function(input_signature=[tf.TensorSpec([None, *images.shape[1:]], tf.uint8), tf.TensorSpec([None], tf.int32)])
    def step(batch, label):
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(label, model(batch, training=True))
            loss = tf.reduce_mean(losses)
        optimizer.apply(tape.gradient(loss, weights), weights)

    draw = np.random.default_rng(SEED)
    for _ in range(STEPS):
        chosen = draw.integers(len(images), size=BATCH)
        step(tf.constant(images[chosen]), tf.constant(labels[chosen].astype(np.int32)))
    return model


class ClassificationAccuracy(Kind):
    """Collects labelled images of one set, all of them."""

    LEAST = 20  # images
    HIGHER = True
    NEEDS = ("images", "labels")
    REFERENCES = 1

    def __init__(self, dim: int):
        self.images: list[np.ndarray] = []
        self.labels: list[np.ndarray] = []

    def update(self, images: np.ndarray, labels: np.ndarray) -> None:
        """images uint8 [B, H, W, C], labels int [B]."""
        self.images.append(images)
        self.labels.append(labels)

    def to(self, other: "ClassificationAccuracy") -> dict:
        """{"value": accuracy on the other set in 0..1, "interval", "by_class": accuracy within each of its classes}."""
        labels, wanted = np.concatenate(self.labels), np.concatenate(other.labels)
        model = fit(np.concatenate(self.images), labels, int(max(labels.max(), wanted.max())) + 1)
        given = np.concatenate([model(batch, training=False).numpy().argmax(axis=1) for batch in other.images])
        right = given == wanted
        by_class = [float(right[wanted == label].mean()) for label in np.unique(wanted)]
        return share(np.count_nonzero(right), len(right)) | {"by_class": by_class}
