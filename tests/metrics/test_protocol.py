"""Names of metrics."""

import subprocess
import sys

import pytest

from ganzoo import metrics
from ganzoo.errors import BadInput
from ganzoo.metrics.protocol import KINDS


@pytest.mark.parametrize(
    ("name", "kind", "count", "extractor"),
    [
        ("fd10k_lenet", "fd", 10_000, "lenet"),
        ("kd500_lite0", "kd", 500, "lite0"),
        ("ppl200_lenet", "ppl", 200, "lenet"),
    ],
)
def test_a_name_is_a_protocol_and_back(name, kind, count, extractor):
    protocol = metrics.parse(name)
    assert (protocol.kind, protocol.count, protocol.extractor) == (kind, count, extractor)
    assert protocol.name == name


def test_a_count_in_whole_thousands_is_written_with_k():
    assert metrics.parse("fd2000_lenet") == metrics.parse("fd2k_lenet")
    assert metrics.parse("fd2000_lenet").name == "fd2k_lenet"


def test_another_count_changes_the_name():
    assert metrics.parse("fd10k_lenet", n=512).name == "fd512_lenet"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "fd10k",
        "fd_lenet",
        "fid10k_lenet",
        "fd10k_inception",
        "fd5_own5",
        "FD10k_lenet",
        "fd10m_lenet",
        "fd-1_lenet",
    ],
)
def test_other_names_are_refused_with_what_is_allowed(name):
    with pytest.raises(BadInput) as error:
        metrics.parse(name)
    assert repr(name) in str(error.value) and "fd|kd" in str(error.value) and "lenet|lite0" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("name", "least"), [("fd10k_lenet", 2), ("kd10k_lenet", 4)])
@pytest.mark.parametrize("n", [1, 0, -3])
def test_too_few_images_are_refused(name, least, n):
    with pytest.raises(BadInput, match=f"n={n} .*at least {least}"):
        metrics.parse(name, n=n)


def test_importing_the_metrics_does_not_import_tensorflow():
    code = "import sys, ganzoo.metrics; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_fid_is_refused_with_the_reason():
    with pytest.raises(BadInput, match="papers' own Inception weights"):
        metrics.parse("fid50k_lite0")


def test_best_knows_which_kinds_are_better_when_higher():
    higher = {kind for kind in KINDS if metrics.higher(f"{kind}10k_lenet")}
    assert higher == {"is", "precision", "recall", "density", "coverage", "modes", "hq", "cas", "pd"}
