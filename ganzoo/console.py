"""What a person reads: a live line on a terminal, plain lines elsewhere, tables."""

import sys
from typing import TextIO

import rich.console
import rich.progress
import rich.table


class Show:
    """Tells a person how training goes. On a terminal a bar with the last tick's numbers, else a line per tick."""

    def __init__(self, stream: TextIO | None = None):
        self.console = rich.console.Console(file=stream or sys.stdout, highlight=False, soft_wrap=True)
        self.bar = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.bar:
            self.bar.stop()

    def text(self, line: str):
        (self.bar.console if self.bar else self.console).print(line, markup=False)

    def tick(self, record: dict):
        """One tick: the record of log.jsonl with `eta_seconds` added."""
        if not self.console.is_terminal:
            self.text(tick_line(record))
            return
        total = record["images"] + record["eta_seconds"] / record["sec_per_kimg"] * 1000
        if self.bar is None:
            self.bar = rich.progress.Progress(
                rich.progress.SpinnerColumn(),
                rich.progress.BarColumn(bar_width=20),
                rich.progress.TaskProgressColumn(),
                rich.progress.TextColumn("{task.description}", markup=False),
                console=self.console,
            )
            self.bar.add_task("", total=total)
            self.bar.start()
        self.bar.update(self.bar.task_ids[0], completed=record["images"], total=total, description=tick_line(record))

    def evaluation(self, record: dict):
        """One evaluation: the record of metrics.jsonl."""
        for name, result in record["metrics"].items():
            self.text(f"{record['kimg']:>9.1f} kimg  {metric_line(name, result)}")


def tick_line(record: dict) -> str:
    """kimg, speed, loss terms, D's accuracies, state, memory and time left in one line."""
    terms = [
        f"{name} {value:.3g}"
        for name, value in record.items()
        if name[:2] in ("d_", "g_") and not any(part in name for part in ("_accuracy", "_gradient", "_update"))
    ]
    if "d_accuracy_real" in record:
        terms.append(f"D right on {record['d_accuracy_real']:.0%} real {record['d_accuracy_fake']:.0%} fake")
    if record.get("state"):
        terms.append(record["state"])
    return "  ".join(
        [
            f"{record['kimg']:>9.1f} kimg",
            f"{record['sec_per_kimg']:.3g} sec/kimg",
            *terms,
            f"{record['memory_gb']:.1f} GB",
            f"ETA {duration(record['eta_seconds'])}",
        ]
    )


def metric_line(name: str, result: dict) -> str:
    """A value between its floor and ceiling, and how far it is from one to the other."""
    parts = [f"{name} {result['value']:.4g}"]
    if result.get("spread") is not None:
        parts[0] += f" ± {result['spread']:.2g}"
    if result.get("floor") is not None:
        parts.append(f"floor {result['floor']:.4g}")
    if result.get("ceiling") is not None:
        parts.append(f"ceiling {result['ceiling']:.4g}")
        if result.get("floor") not in (None, result["ceiling"]):  # all the modes of a mixture, say
            share = (result["value"] - result["floor"]) / (result["ceiling"] - result["floor"])
            parts.append(f"{share:.2%} of the way")
    return "  ".join(parts)


def counts(name: str, result: dict) -> str:
    """Of how many images the result of a metric is, and against what."""
    from ganzoo.metrics import paired, parse, text, video  # numpy and scipy, for which a list need not wait

    protocol = parse(name)
    count, floor = f"{result['count']:,}", f"{result['floor_count']:,}"
    if protocol.kind in paired.KINDS:
        if protocol.extractor == "input":
            return f"{count} images against what was made of them"
        view = {"hole": ", inside the holes"}.get(protocol.extractor, "")
        if protocol.extractor in paired.ALPHAS:
            view = f", at alpha {paired.ALPHAS[protocol.extractor]:g} between fidelity and the final network"
        return f"{count} images of {result['reals']} against their targets{view}"
    if protocol.kind in text.KINDS:
        return f"{count} sentences; {result['reals_count']:,} held out of {result['reals']}"
    if protocol.kind in video.KINDS:
        return f"{count} clips; the rows are of {floor} of {result['reals']}"
    if not result["floor_count"]:
        return f"{count} steps of the generator; no floor, as real images have none"
    if not result["reals_count"]:
        return f"{count} samples by themselves; floor of {floor} images of {result['reals']}"
    return (
        f"{count} samples against {result['reals_count']:,} of {result['reals']}; floor of {floor} against {floor} "
        "real images"
    )


def duration(seconds: float) -> str:
    """1h02m, 3m20s or 12s."""
    hours, rest = divmod(round(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    if hours:
        return f"{hours}h{minutes:02d}m"
    return f"{minutes}m{seconds:02d}s" if minutes else f"{seconds}s"


def table(columns: list[str], rows: list[list[str]]):
    """Print a table as wide as the terminal; elsewhere as wide as it needs to be."""
    console = rich.console.Console(highlight=False)
    shown = rich.table.Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        shown.add_row(*(rich.text.Text(cell) for cell in row))
    if not console.is_terminal:
        console.width = max(
            80, rich.measure.Measurement.get(console, console.options.update(max_width=2000), shown).maximum
        )
    console.print(shown)
