"""Our step beside the same step in PyTorch: `python tests/bench_peer.py --torch PYTHON [--rounds 3]`.

PYTHON is an interpreter that has PyTorch; it runs tests/bench_torch.py. Each game is timed in both, one after the
other, in processes of their own, `--rounds` times over, in float32 and in bfloat16; medians go to
recipes/results/speed/peer.json, from which `python -m ganzoo.report` makes README's table. Needs the machine to itself.
"""

import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import sys

from ganzoo import recipe

ROOT = pathlib.Path(__file__).parent.parent
GAMES = {
    "dcgan_fashion_mnist": (),
    "dcgan_celeba": ("train.batch=64",),
    "wgan_gp_lite_fashion_mnist": (),
    "stylegan2_tiny_emoji": ("train.steps_per_execution=8",),  # so that 16 steps have every lazy term as often as there
}
PRECISIONS = ("float32", "mixed_bfloat16")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch", required=True, help="interpreter that has PyTorch")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=16, help="of a repeat; lazy terms need multiples of 16")
    parser.add_argument("--games", nargs="*", choices=GAMES, default=list(GAMES), help="the others keep their rows")
    options = parser.parse_args()
    file = recipe.folder() / "results" / "speed" / "peer.json"
    file.parent.mkdir(exist_ok=True)
    rows = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    for name, overrides in ((name, GAMES[name]) for name in options.games):
        for precision in PRECISIONS:
            ours, theirs = [], []
            for _ in range(options.rounds):
                wanted = [*overrides, f"train.precision={precision}"]
                ours.append(_run([sys.executable, "-m", "ganzoo", "bench", name, *wanted, "--json"], options.steps))
                low = ["--bfloat16"] if precision == "mixed_bfloat16" else []
                theirs.append(_run([options.torch, str(ROOT / "tests/bench_torch.py"), name, *low], options.steps))
            if ours[0]["parameters"] != theirs[0]["parameters"]:
                sys.exit(f"{name}: {ours[0]['parameters']} weights here, {theirs[0]['parameters']} in PyTorch")
            row = _row(name, overrides, precision, ours, theirs)
            rows = [each for each in rows if (each["recipe"], each["precision"]) != (name, precision)] + [row]
            rows.sort(key=lambda each: (list(GAMES).index(each["recipe"]), each["precision"]))
            mine, peer = row["ms_per_step"], row["peer"]["ms_per_step"]
            print(f"{name:<28} {precision:<15} {mine:8.1f} ms  {peer:8.1f} ms", flush=True)
            # After every game: an hour's measurements are not lost by a stop.
            file.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _run(command: list[str], steps: int) -> dict:
    done = subprocess.run([*command, "--steps", str(steps)], capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout)


def _row(name: str, overrides, precision: str, ours: list[dict], theirs: list[dict]) -> dict:
    fastest = min(theirs, key=lambda each: each["ms_per_step"])
    kept = ("batch", "d_steps", "parameters", "hardware", "versions", "commit")
    return {
        "recipe": name,
        "overrides": list(overrides),
        "precision": precision,
        "rounds": len(ours),
        "ms_per_step": statistics.median(each["ms_per_step"] for each in ours),
        "ms_all": [round(each["ms_per_step"], 2) for each in ours],
        "peer": {
            "name": f"PyTorch {fastest['torch']}",
            "layout": fastest["layout"],
            "ms_per_step": statistics.median(each["ms_per_step"] for each in theirs),
            "ms_all": [round(each["ms_per_step"], 2) for each in theirs],
        },
        "date": datetime.date.today().isoformat(),
    } | {key: ours[0][key] for key in kept}


if __name__ == "__main__":
    main()
