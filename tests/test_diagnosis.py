"""The rules that name a game's state, on histories made by hand."""

import dataclasses
import math

import pytest

from ganzoo import diagnosis

WELL = {
    "separation": 0.95,
    "signal": 0.7,
    "diversity": 0.9,
    "spread": 0.8,
    "classes": 0.9,
    "memory": 0.52,
    "overfitting": 0.05,
}


def tick(images=70_000, g_gradient=1.0, d_update=0.01, d_adv=1.0, **measures):
    return {"images": images, "d_adv": d_adv, "g_adv": 1.0, "g_gradient": g_gradient, "d_update": d_update} | {
        "diagnosis": WELL | measures
    }


CASES = [
    (diagnosis.COLLAPSE, {"diversity": 0.14}),
    (diagnosis.COLLAPSE, {"spread": 0.04}),
    (diagnosis.COLLAPSE, {"classes": 0.24}),
    (diagnosis.VANISHING, {"separation": 1.0, "signal": 0.01}),
    (diagnosis.VANISHING, {"separation": 1.0, "g_gradient": 0.009}),
    (diagnosis.VANISHING, {"separation": 1.0, "signal": 0.01, "diversity": 0.1}),  # never spread for want of a gradient
    (diagnosis.OVERFITTING, {"overfitting": 0.6, "memory": 0.7}),
    (diagnosis.HEALTHY, {}),
    (diagnosis.HEALTHY, {"separation": 1.0}),  # a certain D alone is no trouble
    (diagnosis.HEALTHY, {"signal": 0.01}),
    (diagnosis.HEALTHY, {"overfitting": 0.6}),  # one fake-like mean, but the areas agree
    (diagnosis.HEALTHY, {"overfitting": None, "memory": None, "classes": None}),  # cannot be seen
]


@pytest.mark.parametrize("expected, last", CASES)
def test_a_state_is_named_from_its_second_tick_on(expected, last):
    before = [tick(), tick()]
    assert diagnosis.state(before) == diagnosis.HEALTHY
    assert diagnosis.state([*before, tick(**last)]) == diagnosis.HEALTHY
    assert diagnosis.state([*before, tick(**last), tick(**last)]) == expected
    assert diagnosis.state([*before, tick(**last), tick(**last), tick()]) == diagnosis.HEALTHY


def test_a_generator_that_has_not_begun_to_spread_is_no_alarm():
    young = [tick(images, spread=0.09) for images in (5_000, 10_000)] + [tick(15_000, spread=0.0)] * 3
    assert diagnosis.state(young) == diagnosis.HEALTHY
    assert diagnosis.state([*young, tick(60_000, spread=0.0), tick(65_000, spread=0.0)]) == diagnosis.COLLAPSE


def test_a_young_generator_that_lost_its_spread_is_an_alarm():
    assert diagnosis.state([tick(5_000, spread=0.1), *[tick(15_000, spread=0.0)] * 2]) == diagnosis.COLLAPSE


@pytest.mark.parametrize(
    "changed, words",
    [
        ({"d_adv": math.nan}, "the loss term d_adv is nan"),
        ({"d_adv": None}, "the loss term d_adv is not finite"),  # as it stands in the log
        ({"d_adv": math.inf, "d_update": math.inf}, "the loss term d_adv is inf"),
        ({"d_adv": -2e4}, "the loss term d_adv is -2e+04"),
        ({"g_gradient": math.inf}, "g_gradient is inf"),
        ({"d_update": 0.4}, "d_update, a step's change of the weights relative to them, is 0.4"),
    ],
)
def test_divergence_is_named_at_once_with_its_reason(changed, words):
    assert diagnosis.state([tick(**changed)]) == diagnosis.DIVERGENCE
    assert diagnosis.why_divergence(tick(**changed)) == words
    assert diagnosis.why_divergence(tick()) == ""


def test_thresholds_are_a_value():
    strict = dataclasses.replace(diagnosis.LIMITS, diversity=0.95, patience=1)
    assert diagnosis.state([tick()], strict) == diagnosis.COLLAPSE


def test_a_log_without_measures_raises_no_alarm_and_is_said_to_be_blind():
    old = [{"images": images, "d_adv": 1.0, "g_adv": 1.0, "g_gradient": 1.0} for images in (30_000, 60_000)]
    report = diagnosis.report(old)
    assert report["state"] == diagnosis.HEALTHY and "no measures" in report["blind"][0]


def test_the_report_tells_stretches_advice_and_rollbacks():
    ticks = [tick(10_000), tick(20_000), tick(30_000, spread=0.0), tick(40_000, spread=0.0), tick(50_000)]
    back = {"images": 15_000, "to": 10_000, "seed": 7, "reason": "g_adv is nan"}
    report = diagnosis.report(ticks, [back])
    spans = [(each["state"], each["from"], each["to"]) for each in report["history"]]
    assert spans == [
        (diagnosis.HEALTHY, 10_000, 30_000),
        (diagnosis.COLLAPSE, 40_000, 40_000),
        (diagnosis.HEALTHY, 50_000, 50_000),
    ]
    told = diagnosis.tell(report)
    for words in ("10 to 30 kimg  healthy", " 40 kimg  collapse", "against collapse, try", "seed 7 from there: g_adv"):
        assert words in told
    assert "against healthy" not in told


def test_every_state_has_words_and_advice():
    assert set(diagnosis.WORDS) == set(diagnosis.ADVICE) == set(diagnosis.STATES)
    assert all(diagnosis.ADVICE[state] for state in diagnosis.STATES if state != diagnosis.HEALTHY)


def test_the_plot_is_a_picture_even_where_measures_are_missing(tmp_path):
    diagnosis.plot([tick(10_000), tick(20_000, memory=None), {"images": 30_000, "d_adv": None}], tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
