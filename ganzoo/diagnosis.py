"""What state a game is in, told from the ticks of its log: a pure function of their history.

    divergence                     a loss or a gradient is not finite, or steps are as large as the weights they move
    vanishing generator gradient   D is certain and what reaches G of its loss is next to nothing
    collapse                       G's samples are alike, or nearly all of one class, where the data are not
    discriminator overfitting      D tells the reals that it has seen from reals that it has not
    healthy                        none of these

The first that holds is the state: a G that no gradient reaches never spread, and its samples are alike for that reason.
Nothing here asks where D's boundary is: WGAN's critic has none and a relativistic pair only differences, so D's
certainty is the area under the ROC curve between reals and fakes, and overfitting is `r_v` of ADA (Karras et al. 2020,
"Training generative adversarial networks with limited data", arXiv 2006.06676, eq. 1)
behind a second such area. `ganzoo.probe` takes the measures; this module imports no TensorFlow.
"""

import dataclasses
import math
import pathlib
from collections.abc import Sequence

DIVERGENCE = "divergence"
COLLAPSE = "collapse"
VANISHING = "vanishing generator gradient"
OVERFITTING = "discriminator overfitting"
HEALTHY = "healthy"
STATES = (HEALTHY, OVERFITTING, COLLAPSE, VANISHING, DIVERGENCE)


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """Where a measure becomes an alarm. Set by the cases of `recipes/results/diagnosis.json`, healthy and provoked.

    patience: ticks in a row before an alarm, so that one unlucky tick is none; divergence does not wait.
    """

    patience: int = 2
    start: int = 60_000  # images before which a G that has not spread yet is no alarm; one that no longer does is
    lost: float = 2.0  # a G had spread where a measure was so many times its limit
    loss: float = 1e4  # size of an adversarial term
    update: float = 0.3  # mean change of a player's weights in one step, relative to the weights
    diversity: float = 0.15  # mean distance between fakes, relative to that between reals
    spread: float = 0.05  # distinct reals that are the nearest of some fake, relative to those of other reals
    classes: float = 0.25  # effective number of classes of the fakes, relative to that of the reals
    certain: float = 0.99  # area under the ROC curve of D between reals and fakes
    signal: float = 0.02  # mean size of the derivative of G's loss by a logit
    gradient: float = 0.01  # norm of G's gradient, relative to the largest tick so far
    overfitting: float = 0.5  # r_v: 0 = held-out reals are judged like reals, 1 = like fakes
    memory: float = 0.65  # area under the ROC curve of D between reals it was trained on and held-out ones


LIMITS = Thresholds()


def state(ticks: Sequence[dict], limits: Thresholds = LIMITS) -> str:
    """The state at the last of `ticks`, records of log.jsonl in order; those without measures raise no alarm."""
    if why_divergence(ticks[-1], limits):
        return DIVERGENCE
    for name, rule in ((VANISHING, _vanishes), (COLLAPSE, _collapses), (OVERFITTING, _overfits)):
        ends = range(len(ticks), len(ticks) - limits.patience, -1)
        if len(ticks) >= limits.patience and all(rule(ticks[:end], limits) for end in ends):
            return name
    return HEALTHY


def why_divergence(tick: dict, limits: Thresholds = LIMITS) -> str:
    """What of a tick says that the game diverged, "" where nothing does."""
    values = {name: value for name, value in tick.items() if name[:2] in ("d_", "g_")}
    # Loss terms first: where they are not finite, the gradients and steps that follow are not either.
    for name in sorted(values, key=lambda name: name.endswith(("_gradient", "_update"))):
        value, said = values[name], name if name.endswith(("_gradient", "_update")) else f"the loss term {name}"
        if value is None or not math.isfinite(value):
            return f"{said} is {'not finite' if value is None else value}"
        if name.endswith("_adv") and abs(value) > limits.loss:
            return f"{said} is {value:.3g}"
        if name.endswith("_update") and value > limits.update:
            return f"{said}, a step's change of the weights relative to them, is {value:.2g}"
    return ""


def _collapses(ticks: Sequence[dict], limits: Thresholds) -> bool:
    started = ticks[-1]["images"] >= limits.start
    for name in ("diversity", "spread", "classes"):
        limit = getattr(limits, name)
        had_spread = any(_measure(tick, name, 0.0) >= limits.lost * limit for tick in ticks)
        if _below(ticks[-1], name, limit) and (started or had_spread):
            return True
    return False


def _vanishes(ticks: Sequence[dict], limits: Thresholds) -> bool:
    tick = ticks[-1]
    if _measure(tick, "separation", 0.0) < limits.certain:
        return False
    largest = max(each.get("g_gradient") or 0.0 for each in ticks)
    return _below(tick, "signal", limits.signal) or tick["g_gradient"] < limits.gradient * largest


def _overfits(ticks: Sequence[dict], limits: Thresholds) -> bool:
    tick = ticks[-1]
    return _measure(tick, "overfitting", 0.0) > limits.overfitting and _measure(tick, "memory", 0.5) > limits.memory


def _measure(tick: dict, name: str, otherwise: float) -> float:
    value = tick.get("diagnosis", {}).get(name)
    return otherwise if value is None else value


def _below(tick: dict, name: str, limit: float) -> bool:
    return _measure(tick, name, math.inf) < limit


WORDS = {
    DIVERGENCE: "the game diverged: losses or weights left every bound",
    COLLAPSE: "the generator collapsed: its samples are nearly all alike",
    VANISHING: "the generator learns nothing: D is certain and hardly any gradient reaches G",
    OVERFITTING: "D knows its training images by heart: it judges unseen reals like fakes",
    HEALTHY: "no sign of trouble",
}
ADVICE = {
    DIVERGENCE: (
        "lower the learning rates (by 3 to 10), first that of the player whose update ratio is largest",
        "add a penalty on D's gradient (R1) or spectral normalisation",
        "train.on_divergence=rollback goes back to the last checkpoint with another seed",
    ),
    COLLAPSE: (
        "let D see several samples at once (PacGAN, minibatch discrimination)",
        "use the relativistic pair with R1 and R2, or WGAN-GP",
        "where D is certain (separation near 1), weaken it; where it is not, give it more steps or slow G down",
    ),
    VANISHING: (
        "use the non-saturating loss in place of minimax",
        "weaken D: a lower learning rate, fewer steps, a smaller network",
        "add a penalty on D's gradient (R1) or use WGAN-GP, whose critic gives a gradient however certain it is",
    ),
    OVERFITTING: (
        "use more images, or mirror them (data.flip=true)",
        "strengthen the penalty on D (R1's gamma), or add dropout to D",
        "stop earlier: the best checkpoint is kept beside the newest",
    ),
    HEALTHY: (),
}


def history(ticks: Sequence[dict], limits: Thresholds = LIMITS) -> list[dict]:
    """The stretches of one state: [{"state", "from", "to" (images), "ticks"}], in order."""
    found = []
    for count, tick in enumerate(ticks, start=1):
        now = tick.get("state") or state(ticks[:count], limits)
        if found and found[-1]["state"] == now:
            found[-1] |= {"to": tick["images"], "ticks": found[-1]["ticks"] + 1}
        else:
            found.append({"state": now, "from": tick["images"], "to": tick["images"], "ticks": 1})
    return found


def report(ticks: Sequence[dict], rollbacks: Sequence[dict] = ()) -> dict:
    """What happened when and what to try: {"state", "history", "advice" {state: [...]}, "blind" [...], "rollbacks"}.

    blind: what could not be seen, and why.
    """
    stretches = history(ticks)
    measures = ticks[-1].get("diagnosis", {})
    blind = []
    if not measures:
        blind.append("the log has no measures: the last tick was not finite, or was written before there were any")
    elif measures.get("overfitting") is None:
        blind.append("no images are held out (data.held_out=0): D's overfitting cannot be seen")
    if measures and measures.get("classes") is None:
        blind.append("no metric of the recipe knows classes: a class that is missing cannot be seen")
    seen = dict.fromkeys(stretch["state"] for stretch in stretches)
    return {
        "state": stretches[-1]["state"],
        "history": stretches,
        "advice": {name: list(ADVICE[name]) for name in seen if name != HEALTHY},
        "blind": blind,
        "rollbacks": list(rollbacks),
    }


def tell(found: dict) -> str:
    """A report for a person."""
    lines = []
    for stretch in found["history"]:
        first, last = (stretch[end] / 1000 for end in ("from", "to"))
        span = f"{first:g} kimg" if first == last else f"{first:g} to {last:g} kimg"
        lines.append(f"{span:>24}  {stretch['state']}: {WORDS[stretch['state']]}")
    for back in found["rollbacks"]:
        lines.append(f"rolled back at {back['images'] / 1000:g} kimg, seed {back['seed']} from there: {back['reason']}")
    for name, advice in found["advice"].items():
        lines += [f"against {name}, try:", *(f"  - {line}" for line in advice)]
    return "\n".join([*lines, *(f"note: {line}" for line in found["blind"])])


# Of the plot: title, names (of a tick or its measures), and the thresholds that are drawn.
PANELS = (
    ("losses", ("d_adv", "g_adv"), ()),
    ("gradient norms", ("d_gradient", "g_gradient"), ()),
    ("update / weight", ("d_update", "g_update"), ("update",)),
    ("D: reals over fakes (AUC), signal to G", ("separation", "signal"), ("certain", "signal")),
    ("diversity relative to reals", ("diversity", "diversity_features", "spread", "classes"), ("diversity",)),
    ("D: reals over held-out (AUC), r_v", ("memory", "overfitting"), ("memory", "overfitting")),
)
LOGARITHMIC = ("gradient norms", "update / weight")


def plot(ticks: Sequence[dict], path: str | pathlib.Path, limits: Thresholds = LIMITS):
    """Every measure over the images seen as one PNG, the ticks that are not healthy shaded."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(3, 2, figsize=(11, 9), sharex=True, layout="constrained")
    for axis, (title, names, drawn) in zip(axes.flat, PANELS, strict=True):
        for name in names:
            line = [(tick["images"] / 1000, tick.get(name, tick.get("diagnosis", {}).get(name))) for tick in ticks]
            line = [(kimg, value) for kimg, value in line if value is not None and math.isfinite(value)]
            if line:
                axis.plot(*zip(*line, strict=True), marker=".", label=name)
        for name in drawn:
            axis.axhline(getattr(limits, name), color="grey", linewidth=0.8, linestyle="--")
        for stretch in history(ticks, limits):
            if stretch["state"] != HEALTHY:
                axis.axvspan(stretch["from"] / 1000, stretch["to"] / 1000, color="tab:red", alpha=0.12)
        axis.set_title(title)
        if title in LOGARITHMIC and axis.lines:
            axis.set_yscale("log")
        if axis.get_legend_handles_labels()[0]:
            axis.legend(fontsize="small")
    for axis in axes[-1]:
        axis.set_xlabel("kimg")
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
