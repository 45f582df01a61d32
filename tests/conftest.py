"""Two logical CPUs for the tests of replicas, small arenas, and no GPU even where there is one."""

import os

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import pytest
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)


@pytest.fixture(autouse=True)
def reproducible():
    """Every test starts from the same seeds and leaves the float32 policy behind."""
    keras.utils.set_random_seed(0)
    yield
    keras.config.set_dtype_policy("float32")


@pytest.fixture(scope="session")
def two_cpus():
    """One strategy for the whole session: a second one in a process takes the first one's collective keys and dies."""
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
