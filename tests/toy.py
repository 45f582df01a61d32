"""Two-layer players for tests: vectors in place of images, or tiny pictures."""

import keras
import numpy as np
import tensorflow as tf

from ganzoo import averaging, gan, losses, regularizers, schedules


def generator(shape=(4, 4, 1), z_dim=3, width=8, norm=True):
    z = keras.Input((z_dim,), name="z")
    x = keras.layers.Dense(width, activation="tanh")(z)
    if norm:
        from ganzoo.layers import normalization

        x = normalization.BatchNorm()(keras.layers.Reshape((1, 1, width))(x))
        x = keras.layers.Reshape((width,))(x)
    x = keras.layers.Dense(int(np.prod(shape)))(x)
    x = keras.layers.Reshape(shape)(x)
    return keras.Model({"z": z}, keras.layers.Activation("linear", dtype="float32")(x))


def discriminator(shape=(4, 4, 1), width=8):
    image = keras.Input(shape, name="image")
    x = keras.layers.Dense(width, activation="tanh")(keras.layers.Flatten()(image))
    x = keras.layers.Dense(1, dtype="float32")(x)
    return keras.Model({"image": image}, keras.layers.Reshape((), dtype="float32")(x))


def model(seed=0, d_steps=1, ema=True, lazy=False, rate=1e-2, norm=True, **kwargs) -> gan.NoiseGAN:
    """A compiled game on 4x4 pictures with R1 (every second step if lazy) and an average."""
    keras.utils.set_random_seed(seed)
    penalty = regularizers.R1(gamma=1.0, interval=2 if lazy else 1)
    made = gan.NoiseGAN(lambda: generator(norm=norm), discriminator, z_dim=3, image=(4, 4, 1))
    made.compile(
        schedules.Adam(rate).build(8),
        schedules.Adam(rate).build(8 * d_steps),
        losses.non_saturating,
        ema=averaging.EMA(halflife=100) if ema else None,
        d_steps=d_steps,
        seed=seed,
        **({"jit_compile": False, "regularizers": (penalty,)} | kwargs),
    )
    return made


def pictures(batch: int, start: int = 0, steps: int = 1000) -> tf.data.Dataset:
    """Batches of 4x4 pictures, a pure function of the number of images before them."""
    rng = np.random.default_rng(7)
    images = rng.normal(size=(64, 4, 4, 1)).astype(np.float32)
    firsts = range(start, start + batch * steps, batch)
    rows = np.stack([images[(np.arange(first, first + batch)) % 64] for first in firsts])
    return tf.data.Dataset.from_tensor_slices({"image": rows})


def fit(model, batch: int, start: int, steps: int, data=pictures) -> dict[str, float]:
    """Some steps from image `start` on; the logs of the last epoch."""
    history = model.fit(data(batch, start, steps), steps_per_epoch=steps, epochs=1, verbose=0, shuffle=False)
    return {name: values[-1] for name, values in history.history.items()}


def weights(model) -> list[np.ndarray]:
    """Everything that a later step depends on."""
    from ganzoo import checkpoint

    return [np.asarray(variable) for variables in checkpoint.state(model).values() for variable in variables]
