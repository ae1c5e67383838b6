"""`lcip cloud`: point clouds to a few bytes, and what a classifier reads in them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lcip.cli import files
from lcip.cli.printing import print_table, shown
from lcip.errors import LcipError, refusal

if TYPE_CHECKING:
    from lcip.pointcloud.account import Account
    from lcip.pointcloud.choice import Trained
    from lcip.pointcloud.codec import Codec

EXAMPLES = """\b
Examples:
  lcip cloud sample chair -o chair.ply
  lcip cloud encode chair.ply -o chair.lcip
  lcip cloud classify chair.lcip
  lcip cloud inspect chair.lcip
  lcip cloud decode chair.lcip -o out.ply --points
  lcip cloud models
"""
ENCODE_EXAMPLES = """\b
Examples:
  lcip cloud encode chair.ply -o chair.lcip
  lcip cloud encode chair.ply -o chair.lcip --size lite --points 256 --lmbda 320

\b
Read are PLY, OFF, OBJ, NPY, NPZ and rows of text (XYZ, CSV), told by their content; colours and
normals are left out. The codec sees P points in the unit ball, z up, the kind it was trained with:
- a mesh is sampled by area: 8,192 points give centre and radius, P of them are coded;
- of a cloud of more than 8,192 points, so many distinct ones are drawn, while reading, so that
  memory does not grow with the file; P of them are coded. The file's order has no say in it;
- a smaller cloud gives centre and radius with all its distinct points, P of which are coded;
- one of fewer than P points is coded with all it has, and you are told that guesses may be worse.
Equal points count once. NaN, infinity, and points that all coincide are refused.
An existing output is replaced, never the input.
Exit status: 0 done; 2 a mistake, nothing was written.
"""
WRITER = "lcip cloud encode"
DEAREST = 10  # features that `inspect` lists

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Code point clouds for a classifier, in some tens of bits.",
    epilog=EXAMPLES,
)

Source = Annotated[Path, typer.Argument(metavar="FILE", help="The file to read.")]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The file to write.")]
Seed = Annotated[int, typer.Option(min=0, help="Decides which points are drawn.")]


@app.command(epilog=ENCODE_EXAMPLES, short_help="A cloud or mesh to a packet of some bytes.")
def encode(
    file: Source,
    out: Out,
    size: Annotated[
        str | None, typer.Option(help="full, lite or micro.", show_default="lite if there is one")
    ] = None,
    points: Annotated[
        int | None, typer.Option(help="P, of the model.", show_default="the most there are")
    ] = None,
    lmbda: Annotated[
        float | None,
        typer.Option(
            help="Greater: more bits, better guesses.",
            show_default="the least within 2 points of the best validation accuracy",
        ),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Encode a point cloud or mesh; the packet says itself which model reads it."""
    files.check_output(out, file)
    from lcip.pointcloud import choice, codec, objects

    model = choice.choose(size, points, lmbda)
    given = objects.read_object(file, model.num_points, seed)
    packet = codec.load(model.name).encode(given.points)
    files.write(out, packet)
    typer.echo(f"{shown(file)}: {given}")
    if note := objects.too_few(given, model.num_points):
        typer.echo(f"note: {note}", err=True)
    typer.echo(f"{shown(out)}: {len(packet)} bytes ({model})")


@app.command(short_help="What is the object in a packet?")
def classify(
    file: Source,
    number: Annotated[int, typer.Option("-n", "--number", min=1, help="How many guesses.")] = 5,
) -> None:
    """The likeliest classes of the object in a packet, and the decoder's probabilities."""
    model, codec, packet = opened(file)
    with files.naming(file):
        guesses = codec.classify(packet, number)
    typer.echo(f"{shown(file)}: {len(packet)} bytes ({model})")
    rows = [(guess.name, f"{100 * guess.probability:.2f} %") for guess in guesses]
    print_table(("class", "probability"), rows)


@app.command(short_help="What is in a packet, and where its bits went.")
def inspect(file: Source) -> None:
    """Show the model, estimated, payload and file bits, and the dearest features."""
    from lcip.pointcloud.account import account

    model, codec, packet = opened(file)
    with files.naming(file):
        found = account(codec, packet)
    for line in described(shown(file), model, codec, found):
        typer.echo(line)
    rows = [(str(k), str(symbol), f"{bits:.2f}") for k, symbol, bits in found.dearest(DEAREST)]
    print_table(("dearest features", "symbol", "bits"), rows)


def described(name: str, model: "Trained", codec: "Codec", found: "Account") -> list[str]:
    """An account in lines."""
    symbols = found.symbols
    return [
        f"{name}: {model} (model {codec.identity.hex()[:12]})",
        f"  estimate {found.estimated_bits:9.2f} bits, −log2 of the symbols' probability",
        f"  payload  {found.payload_bits:6d}    bits, {found.payload_bits // 8} bytes",
        f"  overhead {found.overhead_bits:6d}    bits, {found.overhead_bits // 8} bytes that name "
        "the model and check the rest",
        f"  file     {found.file_bits:6d}    bits, {found.file_bits // 8} bytes",
        f"  {len(symbols)} symbols from {symbols.min()} to {symbols.max()}, "
        f"{(symbols == 0).sum()} of them 0, {found.num_escapes} outside their table",
        "",
    ]


@app.command(short_help="A packet to points, roughly.")
def decode(
    file: Source,
    out: Out,
    points: Annotated[
        bool, typer.Option("--points", help="Write points that an auxiliary decoder makes up.")
    ] = False,
) -> None:
    """Write what an auxiliary decoder, trained afterwards, makes of the features: a PLY file.

    A packet holds what a classifier needs and no points. The reconstruction shows what that is.
    """
    files.check_output(out, file)
    files.check_suffix(out, (".ply",), "name a .ply file")
    if not points:
        next_step = "add --points for a rough reconstruction, or see `lcip cloud classify`"
        raise LcipError(refusal("decode", "called without --points", "--points", next_step))
    from lcip import datasets
    from lcip.pointcloud import reconstruction

    _, codec, packet = opened(file)
    with files.naming(file):
        made = reconstruction.load(codec).points(codec.decode(packet))
    datasets.write_points_ply(out.expanduser(), made)
    typer.echo(f"{shown(out)}: {len(made):,} points in the unit ball")


@app.command(short_help="An example to try: a chair, a table ...")
def sample(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="chair, table, stool, cone, bowl, bottle ...")
    ],
    out: Out,
    points: Annotated[int, typer.Option(help="Points of a cloud.")] = 2048,
    seed: Seed = 0,
) -> None:
    """Write an object made here of simple bodies: points as .ply, its mesh as .off."""
    files.check_output(out, None)
    files.check_suffix(out, (".ply", ".off"), "name a .ply file for points, .off for a mesh")
    from lcip.pointcloud import examples

    path = out.expanduser()
    typer.echo(f"{shown(out)}: {examples.write(name, path, points, seed)}")


@app.command(short_help="The models there are.")
def models() -> None:
    """List the trained models: what `encode` can be asked for."""
    from lcip import artifacts
    from lcip.pointcloud import choice

    rows = []
    for model in choice.trained():
        card = artifacts.load_weights(model.name).card
        bits, accuracy = f"{card['validation']['bits']:.1f}", choice.validation_accuracy(card)
        rows.append((model.size, str(model.num_points), f"{model.lmbda:g}", bits, accuracy))
    last = "validation accuracy, % (95 % interval)"
    print_table(("--size", "--points", "--lmbda", "estimated bits", last), rows)


def opened(file: Path) -> tuple["Trained", "Codec", bytes]:
    """A packet, and the committed model that wrote it."""
    packet = files.read(file, WRITER)
    from lcip.pointcloud import choice
    from lcip.pointcloud import codec as codecs

    with files.naming(file):
        model = choice.sender(packet)
        return model, codecs.load(model.name), packet
