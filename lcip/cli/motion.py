"""`lcip motion`: the experiments of part 4 on pictures of your own."""

from pathlib import Path
from typing import Annotated

import typer

from lcip.cli.printing import shown

SWEEP_EXAMPLES = """\b
Examples:
  lcip motion sweep --network resnet18 --layer layer2 --transform rotation \\
      --images FOLDER -o out.csv
  lcip motion sweep --network factorized-small --weights q3 --layer g_a.5 --layer g_a.6 \\
      --transform translation --values=0,4,8,12,16 --images FOLDER -o out.csv
  lcip motion sweep --network densenet121 --weights random --layer pool3_pool \\
      --transform scale --erosion 0 --images FOLDER -o out.csv

\b
Networks: factorized-small, factorized-paper-low, factorized-paper-high (this book's codecs),
resnet18, squeezenet, mobilenet, mobilenet_v2, resnet34, densenet121. Weights that are not here
are named with the command that fetches them; --weights random needs none.
"""

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Motion in latent space.")
Kernel = Annotated[str, typer.Option(help="nearest, bilinear or bicubic.")]


@app.callback()
def motion() -> None:
    """Motion in latent space: how well a network's layers follow their input."""


@app.command(epilog=SWEEP_EXAMPLES, short_help="Prediction error of warped layers, as a table.")
def sweep(
    network: Annotated[str, typer.Option(help="Name of the network.")],
    layer: Annotated[list[str], typer.Option(help="A layer; may be given again.")],
    transform: Annotated[str, typer.Option(help="translation, rotation, scale or shear.")],
    images: Annotated[Path, typer.Option(metavar="FOLDER", help="PNG or JPEG files.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The CSV to write.")],
    weights: Annotated[
        str | None, typer.Option(help="imagenet, q1 ... q8 or random.", show_default="trained")
    ] = None,
    values: Annotated[
        str | None, typer.Option(metavar="LIST", help="Amounts.", show_default="as published")
    ] = None,
    frame: Annotated[int, typer.Option(min=16, help="Side of the field of view in px.")] = 224,
    erosion: Annotated[
        float, typer.Option(help="Share of the receptive field that must have been seen, 0 to 1.")
    ] = 0.5,
    interpolation: Kernel = "bilinear",
    input_interpolation: Kernel = "bicubic",
    seed: Annotated[int, typer.Option(min=0, help="Of random weights.")] = 0,
) -> None:
    """Move every picture of a folder, warp its layers, and write the error of each prediction.

    A row for each amount, picture and layer: NRMSE, relative to the range of the layer's compared
    values, and the share of the layer that was compared. The frame is cut from the middle of a
    picture, what enters comes from the rest of it.
    """
    from lcip.motion.compare import Settings
    from lcip.motion.folder import Choice, amounts_of, progress, sweep_folder

    amounts = None if values is None else amounts_of(values)
    choice = Choice(network, weights, layer, transform, amounts, seed)
    settings = Settings(frame, input_interpolation, interpolation, erosion)
    rows = sweep_folder(choice, images, settings, out, progress)
    for name, own in rows.groupby("layer", sort=False):
        mean, count = own["nrmse"].mean(), own["image"].nunique()
        what = f"{network} {own['weights'].iloc[0]} {name} (stride {own['stride'].iloc[0]})"
        typer.echo(f"{what}: mean NRMSE {mean:.4f} over {len(own)} rows, {count} pictures")
    typer.echo(shown(out))
