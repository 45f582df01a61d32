"""The command line: a thin verb per command. TensorFlow is imported only once a verb needs it."""

import contextlib
import json
import os
import pathlib
import re
import signal
import sys
import tempfile

import click

from ganzoo import __version__
from ganzoo.errors import BadInput

TRUNCATION = (
    "Less variety, better images: of StyleGAN, StyleGAN2 and StyleGAN3 the share of the way from the mean style: 1 "
    "is all, 0 the mean picture, below 0 its opposite; of BigGAN the largest |z|, e.g. 0.5. Nothing is truncated "
    "without it."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Write one JSON document to stdout.")


def app():
    """The entry point. What a user gave wrongly is one line on stderr and exit code 2."""
    try:
        code = commands.main(standalone_mode=False)
    except click.ClickException as error:
        code = fail(error.format_message().replace("\n", " "))
    except BadInput as error:
        code = fail(str(error))
    except OSError as error:
        if error.filename is None and error.strerror is None:
            raise
        code = fail(f"{error.filename or 'writing'}: {error.strerror or error}")
    except (KeyboardInterrupt, click.Abort):
        code = 128 + signal.SIGINT
    sys.exit(code if isinstance(code, int) else 0)


def fail(message: str, code: int = 2) -> int:
    print(f"ganzoo: error: {message}", file=sys.stderr)
    return code


@contextlib.contextmanager
def quietly():
    """Keep what TensorFlow's libraries say of themselves while they are loaded; show it only if that fails."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(shown, kept.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)


def load_tensorflow():
    """Import TensorFlow and look for its devices, without the pages of log that both print."""
    from ganzoo import compiled

    compiled.keep()
    with quietly():
        import tensorflow as tf

        tf.config.list_physical_devices()


def output(document, as_json: bool, text: str | None = None):
    """One JSON document, or what a person reads."""
    if as_json:
        print(json.dumps(document, indent=2))
    elif text is not None:
        print(text)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="ganzoo")
def commands():
    """GANs for TensorFlow that train, resume, judge themselves and are served.

    \b
    ganzoo train dcgan_fashion_mnist        train on real images that need no download
    ganzoo train dcgan_folder data.path=DIR the same on your own images
    ganzoo sample runs/dcgan_fashion_mnist --out samples.png
    """


@commands.command("list")
@click.option("--task", help="Only recipes of this task, e.g. noise-to-image.")
@as_json
def list_recipes(task, as_json):
    """List the recipes of the zoo with their measured results."""
    from ganzoo import recipe, results

    entries = recipe.entries().values()
    tasks = sorted({entry.task for entry in entries})
    if task and task not in tasks:
        raise BadInput(f"--task: no task {task!r}; allowed: {', '.join(tasks)}")
    rows = [
        {
            "name": entry.name,
            "task": entry.task,
            "variant": entry.variant,
            "data": entry.data,
            "paper": entry.paper,
            "result": results.summary(entry.name),
        }
        for entry in entries
        if task in (None, entry.task)
    ]
    if as_json:
        return output(rows, True)
    from ganzoo import console

    console.table(["name", "task", "variant", "data", "paper", "measured"], [list(row.values()) for row in rows])


@commands.command()
@click.argument("recipe")
@click.argument("overrides", nargs=-1, metavar="[field=value]...")
@click.option("--run", metavar="DIR", help="Run folder.  [default: runs/<recipe>]")
@click.option("--smoke", is_flag=True, help="The recipe shrunk to seconds, in runs/<recipe>-smoke.")
@click.option("--dry-run", is_flag=True, help="Print the resolved recipe, sizes, time and memory of a step, and exit.")
@as_json
def train(recipe, overrides, run, smoke, dry_run, as_json):
    """Train RECIPE, a name of `ganzoo list` or a path. The same command resumes.

    \b
    Fields most often set (any number or word of the recipe can be, see --dry-run):
      train.images     reals that D sees in the whole run     train.batch      of one D update
      train.tick       images between log lines, sample       train.precision  auto, float32, mixed_bfloat16,
                       grids and checkpoints                                   mixed_float16
      train.seed       of everything random                   data.path        your own images
      train.init_from  run whose networks to start from       game.augment     none, ada, diffaugment
    """
    import ganzoo.recipe

    ganzoo.recipe.find(recipe)
    ganzoo.recipe.check(overrides)
    load_tensorflow()
    if dry_run:
        from ganzoo import bench

        report = bench.dry_run(recipe, overrides, smoke)
        return output(report, as_json, bench.tell_dry_run(report))
    from ganzoo import callbacks, console
    from ganzoo import train as training

    with console.Show(sys.stderr if as_json else sys.stdout) as show:
        try:
            result = training.train(recipe, overrides, run, smoke, show=show)
        except callbacks.Diverged as error:
            return fail(str(error), 1)
        except callbacks.Stopped as stopped:
            show.text(str(stopped))
            return 128 + stopped.signal
    output(result, as_json, training.tell(result))


class Seeds(click.ParamType):
    """Seeds as ranges: 0-15,20."""

    name = "seeds"
    MOST = 100_000

    def convert(self, value, param, ctx):
        found = []
        for part in value.split(","):
            match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
            first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
            if not first <= last < 2**63 or last - first + len(found) >= self.MOST:
                self.fail(f"{part!r} of {value!r}; allowed: numbers and rising ranges such as 0-15,20", param, ctx)
            found += range(first, last + 1)
        return found


class Layers(Seeds):
    """Layers as ranges, 4-7, or the name of a group of them."""

    name = "layers"
    GROUPS = ("coarse", "middle", "fine")

    def convert(self, value, param, ctx):
        return value if value in self.GROUPS else super().convert(value, param, ctx)


@commands.command()
@click.argument("source")
@click.option(
    "--out",
    metavar="PATH",
    help="A .png for a grid, else a folder for single images. Sentences: a text file. Clips: a .gif or .mp4.",
)
@click.option("--n", type=int, help="How many.  [default: 64 images, 10 sentences, 16 clips]")
@click.option("--seed", default=0, show_default=True, help="Image or sentence i is made from seed + i.")
@click.option("--seeds", type=Seeds(), metavar="RANGES", help="In place of --n and --seed, e.g. 0-15,20.")
@click.option("--label", type=int, help="Class of all images; conditional models cycle through theirs without it.")
@click.option("--truncation", type=float, help=TRUNCATION)
@click.option(
    "--truncation-layers",
    type=Layers(),
    metavar="RANGES",
    help="Of models with styles: the layers that are truncated, as of `ganzoo mix`.  [default: all, of StyleGAN the "
    "first 8]",
)
@click.option(
    "--noise",
    type=click.Choice(["const", "random", "none"]),
    help="In the layers of StyleGAN and StyleGAN2, of runs and exports: one for all, of each image's seed, or none.  "
    "[default: const]",
)
@click.option("--num-frames", type=int, help="Of clips.  [default: as in training]")
@click.option("--fps", type=float, help="Of clips: frames a second of a .gif or .mp4.  [default: 8]")
@click.option("--motions", type=int, help="Of clips: a row for each content, with so many motions.  [default: 1]")
@click.option("--temperature", type=float, help="Of sentences: below 1 likelier ones, above 1 others.  [default: 1]")
@click.option("--top-k", type=int, help="Of sentences: draw from so many likeliest tokens, 0 = all.  [default: 0]")
@as_json
def sample(
    source,
    out,
    n,
    seed,
    seeds,
    label,
    truncation,
    truncation_layers,
    noise,
    num_frames,
    fps,
    motions,
    temperature,
    top_k,
    as_json,
):
    """Make images, sentences or clips with SOURCE, a run folder or an exported model. Same seed, same result."""
    if n is not None and n < 1:
        raise BadInput(f"--n: {n} is not at least 1")
    load_tensorflow()
    from ganzoo import clips, mixing, pictures, samplers, sentences

    given = {
        "images": {
            "label": label,
            "truncation": truncation,
            "truncation-layers": truncation_layers,
            "noise": noise,
        },
        "sentences": {"temperature": temperature, "top-k": top_k},
        "clips": {"num-frames": num_frames, "fps": fps, "motions": motions},
    }
    made = "sentences" if sentences.writes(source) else "clips" if clips.films(source) else "images"
    for kind, options in given.items():
        for name, value in options.items():
            if value is not None and kind != made:
                raise BadInput(f"--{name}: {value!r} given, and {source} makes {made}")
    if made == "sentences":
        return write(source, out, seeds or range(seed, seed + (n or 10)), temperature, top_k, as_json)
    if made == "clips":
        return film(source, out, seeds or range(seed, seed + (n or 16)), num_frames, fps, motions, as_json)
    if out is None:
        raise BadInput("--out: missing; allowed: a .png for a grid, else a folder")
    seeds = seeds or range(seed, seed + (n or 64))
    sampler = samplers.load(source)
    count = len(seeds)
    labels = [index % sampler.classes for index in range(count)] if sampler.classes and label is None else label
    if truncation_layers is not None:
        truncation_layers = mixing.named(truncation_layers, sampler, "--truncation-layers")
        if truncation is None:
            raise BadInput("--truncation-layers: given without --truncation; allowed: with it")
    truncation = sampler.untruncated if truncation is None else truncation
    made = sampler.generate(seeds, labels, truncation, noise=noise, truncation_layers=truncation_layers)
    files = pictures.write(made, out)
    report = {"out": out, "images": count, "seed": seeds[0], "files": [str(file) for file in files]}
    output(report, as_json, f"{count} images in {out}")


def film(source, out, seeds, num_frames, fps, motions, as_json):
    """Clips of those seeds in one movie, or a folder of frames for each."""
    from ganzoo import clips, movies, pictures

    if out is None:
        raise BadInput("--out: missing; allowed: a .gif or .mp4, else a folder of frames")
    motions, fps = 1 if motions is None else motions, movies.FPS if fps is None else fps
    if motions < 1:
        raise BadInput(f"--motions: {motions} is not at least 1")
    if not 1 <= fps <= 50:
        raise BadInput(f"--fps: {fps:g} is not between 1 and 50")
    movie = pathlib.Path(out).suffix.lower() in movies.SUFFIXES
    if movie:
        movies.check(out)
    if num_frames is not None:
        clips.check(num_frames)
    contents = [seed for seed in seeds for _ in range(motions)]
    # One motion each is that of the content's own seed; several are those of the same seeds for all contents.
    paths = list(seeds) if motions == 1 else list(range(motions)) * len(seeds)
    made = clips.load(source).film(contents, paths, num_frames)
    if movie:
        columns = motions if motions > 1 else None
        frames = (pictures.array(pictures.grid(frame, columns)) for frame in made.swapaxes(0, 1))
        movies.write(frames, out, fps)
        files = [str(out)]
    else:
        files = [
            str(file)
            for content, path, clip in zip(contents, paths, made, strict=True)
            for file in pictures.write(clip, f"{out}/{content}-{path}")
        ]
    report = {"out": out, "clips": len(made), "frames": made.shape[1], "files": files}
    output(report, as_json, f"{len(made)} clips of {made.shape[1]} frames in {out}")


def write(source, out, seeds, temperature, top_k, as_json):
    """The sentences of those seeds, on the screen or in a file."""
    from ganzoo import sentences

    asked = (1.0 if temperature is None else temperature, top_k or 0)
    sentences.check(*asked)
    found = sentences.load(source).write(seeds, *asked)
    lines = found["text"]
    report = {"sentences": lines, "seeds": list(seeds), "log_prob": found["log_prob"].tolist()}
    if out is not None:
        try:
            pathlib.Path(out).write_text("\n".join(lines) + "\n", encoding="utf-8")
        except OSError as error:
            raise BadInput(f"--out: cannot write {out}: {error.strerror}") from error
    output(report, as_json, "\n".join(lines) if out is None else f"{len(lines)} sentences in {out}")


@commands.command()
@click.argument("source")
@click.option("--out", required=True, metavar="PATH", help="A .gif or .mp4.")
@click.option("--seeds", type=Seeds(), default="0-7", show_default=True, metavar="RANGES", help="What the walk visits.")
@click.option("--steps", default=20, show_default=True, help="Frames from one seed to the next.")
@click.option("--fps", default=20.0, show_default=True, help="Frames a second.")
@click.option("--grid", default="1x1", show_default=True, metavar="COLUMNSxROWS", help="Walks beside each other.")
@click.option(
    "--label", type=int, help="Class of all images; a conditional model's cells are of its classes without it."
)
@click.option("--truncation", type=float, help=TRUNCATION)
@as_json
def interpolate(source, out, seeds, steps, fps, grid, label, truncation, as_json):
    """Walk through the latent space of SOURCE from seed to seed and back, as a movie that loops."""
    cells = re.fullmatch(r"([1-9]\d?)x([1-9]\d?)", grid)
    if not cells:
        raise BadInput(f"--grid: {grid!r}; allowed: columns x rows such as 4x2")
    if steps < 1:
        raise BadInput(f"--steps: {steps} is not at least 1")
    if not 1 <= fps <= 50:
        raise BadInput(f"--fps: {fps:g} is not between 1 and 50")
    from ganzoo import movies

    movies.check(out)
    load_tensorflow()
    from ganzoo import samplers, walks

    sampler = samplers.load(source)
    walk = walks.frames(sampler, seeds, steps, (int(cells[1]), int(cells[2])), label, truncation)
    movies.write(walk, out, fps)
    count = len(seeds) * steps // (int(cells[1]) * int(cells[2]))
    output({"out": out, "frames": count, "fps": fps}, as_json, f"{count} frames in {out}, {count / fps:g} seconds")


class Tile(click.ParamType):
    """auto, or a side in pixels."""

    name = "tile"

    def convert(self, value, param, ctx):
        if value == "auto" or isinstance(value, int):
            return value
        if not re.fullmatch(r"[1-9]\d{0,8}", value):
            self.fail(f"{value!r}; allowed: auto or a number of pixels", param, ctx)
        return int(value)


@commands.command("apply")
@click.argument("source")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--out", required=True, metavar="DIR", help="A PNG for each image, under its name.")
@click.option("--direction", help="Of models with several, e.g. a2b, b2a or to_1.  [default: the model's first]")
@click.option("--seed", type=int, help="Of models with styles: of the style of all results.  [default: 0]")
@click.option("--style", metavar="IMAGE", help="In place of --seed: an image of the domain whose style they take.")
@click.option(
    "--mask",
    metavar="PATH",
    help="Of models that fill holes: a mask, or a folder with one for each image, under its name. A hole is what is "
    "above 127; everything else is kept.",
)
@click.option(
    "--tile",
    type=Tile(),
    default="auto",
    show_default=True,
    metavar="auto|N",
    help="The longest side that goes through whole; what is larger goes through in tiles of that side that overlap and "
    "are blended, or hole by hole. auto: as long as the model's maps take 2 GB of memory (of holes 1024 at most); a "
    "model that must see all of an image takes it whole.",
)
@click.option(
    "--alpha",
    type=float,
    help="Of models of two networks: between the more faithful, 0, and the sharper one.  [default: 1]",
)
@as_json
def apply_to(source, inputs, out, direction, seed, style, mask, tile, alpha, as_json):
    """Translate images with SOURCE, a run folder or an exported model that goes from images to images.

    INPUT is a file or a folder, of any size, grey or colour, of 8 or 16 bits, with or without transparency. What has 16
    bits is written with 16; colour models keep transparency. A file that cannot be read is named, the rest is done, and
    the exit code is 1.
    """
    load_tensorflow()
    from ganzoo import applying, console

    order = applying.Order(direction, tile, alpha, seed)
    with console.Show(sys.stderr) as show:
        report = applying.run(source, inputs, out, show.text, order, mask, style)
    lines = [f"{len(report['files'])} images in {out}"]
    lines += [f"not read: {file}: {why}" for file, why in report["failed"].items()]
    output(report, as_json, "\n".join(lines))
    if report["failed"]:
        sys.exit(1)


@commands.command()
@click.argument("source")
@click.option("--rows", type=Seeds(), default="0-3", show_default=True, metavar="RANGES", help="Seeds of the rows.")
@click.option("--cols", type=Seeds(), default="4-7", show_default=True, metavar="RANGES", help="Seeds of the columns.")
@click.option(
    "--layers",
    type=Layers(),
    default="middle",
    show_default=True,
    metavar="RANGES",
    help="Layers that have the column's style, e.g. 4-7; or coarse (0-3), middle (4-7), fine (8 and on).",
)
@click.option("--out", default="mix.png", show_default=True, metavar="PNG")
@click.option("--label", type=int, help="Class of all images; conditional models cycle through theirs without it.")
@click.option("--truncation", type=float, help="As of `ganzoo sample`; nothing is truncated without it.")
@as_json
def mix(source, rows, cols, layers, out, label, truncation, as_json):
    """Mix styles of SOURCE, a StyleGAN, StyleGAN2 or StyleGAN3: rows' seeds with columns' styles at some layers."""
    if not out.lower().endswith(".png"):
        raise BadInput(f"--out: {out!r} is not a .png")
    if (len(rows) + 1) * (len(cols) + 1) > 4096:
        raise BadInput(f"--rows, --cols: {len(rows)} by {len(cols)} seeds; allowed: a table of at most 4096 images")
    load_tensorflow()
    from ganzoo import mixing, pictures, samplers

    table = mixing.table(samplers.load(source), rows, cols, layers, label, truncation)
    pictures.save(pictures.picture(table), out)
    report = {"out": out, "rows": rows, "cols": cols, "layers": layers}
    output(report, as_json, f"{len(rows)} by {len(cols)} mixed images in {out}")


@commands.command()
@click.argument("source")
@click.argument("image")
@click.option(
    "--out",
    default="projected",
    show_default=True,
    metavar="DIR",
    help="For result.png, latent.npz and movie.mp4 or .gif.",
)
@click.option("--steps", default=500, show_default=True, help="Of the search.")
@click.option("--seed", default=0, show_default=True, help="Same seed, same result.")
@click.option("--label", type=int, help="Class of the image, for conditional models.")
@click.option(
    "--extractor",
    metavar="NAME",
    help="Whose maps compare: lenet, lite0 or none.  [default: lenet at 28x28x1, else lite0]",
)
@as_json
def project(source, image, out, steps, seed, label, extractor, as_json):
    """Find the picture of SOURCE, a run folder, that comes closest to IMAGE, and the latent vector it is made from.

    IMAGE is centre-cropped and resized as training images are. StyleGAN, StyleGAN2 and StyleGAN3 are searched in w,
    others in z. An exported model gives no gradients.
    """
    if steps < 1:
        raise BadInput(f"--steps: {steps} is not at least 1")
    if not 0 <= seed < 2**63:
        raise BadInput(f"--seed: {seed}; allowed: 0..2**63-1")
    load_tensorflow()
    from ganzoo import console, projection

    with console.Show(sys.stderr if as_json else sys.stdout) as show:
        report = projection.run(source, image, out, steps, seed, label, extractor, show.text)
    output(report, as_json, f"{report['psnr']:.1f} dB after {steps} steps: {', '.join(report['files'])}")


@commands.command()
@click.argument("source")
@click.option(
    "--out",
    default="directions",
    show_default=True,
    metavar="DIR",
    help="For a strip of pictures each, and directions.npz.",
)
@click.option("--count", default=5, show_default=True, help="How many, those of the largest change first.")
@click.option("--seeds", type=Seeds(), default="0-3", show_default=True, metavar="RANGES", help="Rows of a strip.")
@click.option(
    "--layers", type=Layers(), metavar="RANGES", help="Whose styles move, as of `ganzoo mix`.  [default: all]"
)
@click.option("--label", type=int, help="Class of all images; conditional models cycle through theirs without it.")
@as_json
def directions(source, out, count, seeds, layers, label, as_json):
    """Find the directions in which pictures of SOURCE, a run folder, change most, and draw them from -3 to 3.

    In closed form, from the weights (SeFa): of StyleGAN, StyleGAN2 and StyleGAN3 in w, of others in z.
    """
    if count < 1:
        raise BadInput(f"--count: {count} is not at least 1")
    load_tensorflow()
    from ganzoo import directions as factors

    report = factors.run(source, out, count, seeds, layers, label)
    output(report, as_json, f"{count} directions in {out}: {', '.join(report['files'])}")


@commands.command()
@click.argument("source")
@click.option("--metrics", "names", help="Comma separated, e.g. fd10k_lenet,kd10k_lite0.  [default: the recipe's]")
@click.option("--n", type=int, help="Images to compare, instead of the metric's own count.")
@click.option(
    "--against", metavar="PATH", help="Real images, folder or .npz, or their features; SOURCE may be images too."
)
@click.option("--extractor", metavar="KIND:PATH", help="keras:FILE or inception:FILE, the own of fd10k_own.")
@click.option("--pairs", metavar="PNG", help="With a memo metric: draw samples over the training images nearest them.")
@click.option("--features", metavar="NPZ", help="Write the features of the real images, which --against takes again.")
@click.option("--direction", help="Of models with several, e.g. a2b or b2a.  [default: the model's first]")
@click.option(
    "--page",
    metavar="DIR",
    help="Of models from images to images: where index.html shows test images.  [default: RUN/results]",
)
@as_json
def evaluate(source, names, n, against, extractor, pairs, features, direction, page, as_json):
    """Judge SOURCE, a run folder or an exported model, against the data it was trained on, or its test images.

    \b
    A metric is a kind, a number of images and an extractor, e.g. fd10k_lenet:
      fd kd is memo precision recall density coverage       lenet lite0 own
      ifd (within classes)                                  lenet lite0 own
      pd, ppl (of steps, not images; of a run folder only)  lenet lite0
      cas swd msssim ndb imsssim (within classes)           pixels
      modes hq rkl                                          digits ring8 grid25 mixture10
      psnr pooledpsnr psnry ssim ssimy detail patches       pairs hole input alpha0 alpha25
      (of models from images to images)                     alpha50 alpha75
      perceptual (likewise)                                 lenet lite0
      nlltest nlloracle copied valid (of sentences, at      t60 t70 t80 t90 t100 t110 t120
      temperatures in hundredths)                           t140
      bleu selfbleu (likewise, by runs of 2 to 5 tokens)    n2 n3 n4 n5 n3t80 ...
      textfd (of sentences, in an own encoder)              reader
      speed jerk frozen loops (of clips)                    track
      identity variety                                      digits
      framekd                                               pixels
      videofd videokd                                       transnetv2
    """
    from ganzoo import metrics

    for name in names.split(",") if names else ():
        metrics.parse(name)
    if n is not None and n < 2:
        raise BadInput(f"--n: {n} is not at least 2")
    load_tensorflow()
    from ganzoo import evaluation
    from ganzoo.metrics import own

    eyes = own.extractor(extractor) if extractor else None
    report = evaluation.evaluate(
        source, names.split(",") if names else None, n, against, eyes, pairs, features, direction, page or ""
    )
    output(report, as_json, evaluation.tell(report))


@commands.command()
@click.argument("run")
@click.option("--plot", metavar="PNG", help="Where to draw the measures.  [default: RUN/diagnosis.png]")
@as_json
def diagnose(run, plot, as_json):
    """Say what happened in RUN, a run folder, and when: collapse, divergence, ... and what to try."""
    from ganzoo import diagnosis, runs

    if plot and not plot.endswith(".png"):
        raise BadInput(f"--plot: {plot!r} is not a .png")
    folder = runs.Run(run)
    folder.resolved()
    ticks = runs.lines(folder.log)
    if not ticks:
        raise BadInput(f"run: {folder.log} holds no tick yet; a run is diagnosed after its first (train.tick)")
    report = diagnosis.report(ticks, runs.lines(folder.rollbacks))
    file = plot or str(folder.diagnosis)
    diagnosis.plot(ticks, file)
    output(report | {"run": run, "plot": file}, as_json, f"{diagnosis.tell(report)}\nplot: {file}")


@commands.command()
@click.argument("source")
@click.option("--out", metavar="DIR", help="[default: saved_models/<recipe>/<kimg>]")
@click.option("--force", is_flag=True, help="Replace an existing version.")
@as_json
def export(source, out, force, as_json):
    """Export the generator of SOURCE, a run folder, as a SavedModel that TensorFlow Serving loads."""
    load_tensorflow()
    from ganzoo import train as training

    folder = training.export_run(source, out, force)
    output({"export": str(folder)}, as_json, f"exported to {folder}")


@commands.command()
@click.argument("recipe", required=False)
@click.argument("overrides", nargs=-1, metavar="[field=value]...")
@click.option("--steps", default=20, show_default=True, help="Training steps in each of five repeats.")
@click.option("--phases", is_flag=True, help="Also each player's turn by itself, and the share of the device's peak.")
@click.option("--starts", is_flag=True, help="Also the first step with XLA's cache empty, and with it full.")
@click.option("--smoke", is_flag=True, help="The recipe shrunk to seconds.")
@click.option("--timeout", type=float, help="Of all recipes: seconds after which one is given up.")
@click.option("--out", metavar="FILE", help="Of all recipes: JSON, written after each. The same command goes on there.")
@as_json
def bench(recipe, overrides, steps, phases, starts, smoke, timeout, out, as_json):
    """Time RECIPE's training step on this machine, on random data; without RECIPE, every recipe's.

    Each of all recipes has a process of its own, so that first steps and memory are its own.
    """
    import ganzoo.recipe

    if recipe:
        ganzoo.recipe.find(recipe)
        ganzoo.recipe.check(overrides)
    if steps < 1:
        raise BadInput(f"--steps: {steps} is not at least 1")
    from ganzoo import bench_all

    if recipe is None:
        screen = sys.stderr if as_json else sys.stdout
        return output(bench_all.run(screen, steps, smoke, phases, starts, timeout, out), as_json)
    for option, value in (("--timeout", timeout), ("--out", out)):
        if value is not None:
            raise BadInput(f"{option}: {value} is for the benchmark of all recipes; leave RECIPE out")
    both = {}
    if starts:
        try:
            both = bench_all.first_steps([recipe, *overrides, *(["--smoke"] if smoke else [])])
        except bench_all.Failed as error:
            return fail(str(error), error.code)
    load_tensorflow()
    from ganzoo import bench

    report = bench.bench(recipe, overrides, smoke, steps, phases) | both
    output(report, as_json, bench.tell(report))


@commands.command()
@click.argument("name", required=False)
@click.option("--seeds", type=int, help="Seeds of every arm.  [default: the study's]")
@click.option("--jobs", default=1, show_default=True, help="Runs at once, on equal shares of the cores.")
@click.option("--smoke", is_flag=True, help="The recipes shrunk to seconds; results in runs/studies/<name>-smoke.")
@click.option("--again", is_flag=True, help="Play the runs anew whose recipes have changed, in place of the old.")
@as_json
def study(name, seeds, jobs, smoke, again, as_json):
    """Run the study NAME over seeds and compare with the paper; without NAME, list the studies.

    The same command goes on where it was stopped. Results: recipes/results/<name>.json and a plot beside it.
    """
    from ganzoo import study as studies

    if name is None:
        listed = studies.names()
        return output(listed, as_json, "\n".join(f"{each}: {line}" for each, line in listed.items()))
    loaded = studies.load(name)
    for option, value in (("--seeds", seeds), ("--jobs", jobs)):
        if value is not None and value < 1:
            raise BadInput(f"{option}: {value} is not at least 1")
    from ganzoo import console, report

    if any(arm.play for arm in loaded.arms):
        load_tensorflow()
    with console.Show(sys.stderr if as_json else sys.stdout) as show:
        rows = studies.run(name, seeds, jobs, smoke, again, show=show)
    if not smoke:
        report.plot(name, loaded, rows, studies.path(name).with_suffix(".png"))
    if as_json:
        return output(rows, True)
    console.table(*report.table(loaded, rows))
    for text, word in studies.decided(loaded, rows):
        print(f"{text}: {word}")


@commands.group()
def data():
    """Data sets that packages carry."""


@data.command("list")
@as_json
def data_list(as_json):
    """List the bundled data sets and those that packages carry, with their licences."""
    from ganzoo import data

    rows = data.catalogue()
    if as_json:
        return output(rows, True)
    from ganzoo import console

    columns = ["name", "kind", "source", "count", "size", "classes", "licence", "package", "cached"]
    console.table(columns, [[_cell(row[column]) for column in columns] for row in rows])


def _cell(value) -> str:
    """A value of the catalogue as a cell: splits and sizes in words."""
    if isinstance(value, dict):
        return ", ".join(f"{count:,} {name}" for name, count in value.items())
    if isinstance(value, (tuple, list)):
        return "x".join(map(str, value))
    if value is None:
        return "-"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


@data.command("prepare")
@click.argument("name")
@click.argument("overrides", nargs=-1, metavar="[data.field=value]...")
@click.option("--accept-new", is_flag=True, help="Take a package whose SHA-256 is not the one we checked.")
def data_prepare(name, overrides, accept_new):
    """Download, verify and build the data set NAME, a package set of `ganzoo data list` or one of TFDS.

    A set whose fitted images take more than 2 GB is written to a file: say here how the recipe will want it, e.g.
    data.size=64 data.channels=3.
    """
    import ganzoo.recipe
    from ganzoo import data

    ganzoo.recipe.check(overrides)
    data.prepare(name, accept_new, report=print, overrides=overrides)
