"""`lcip image`: photographs to small files and back, and a look into such a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lcip.cli import files
from lcip.cli.printing import print_table, shown

if TYPE_CHECKING:
    from lcip.distributions.account import Account

EXAMPLES = """\b
Examples:
  lcip image compress photo.png -o photo.lcip --quality 3 --method adaptive
  lcip image decompress photo.lcip -o photo.png
  lcip image inspect photo.lcip
"""
COMPRESS_EXAMPLES = """\b
Examples:
  lcip image compress photo.png -o photo.lcip
  lcip image compress photo.jpg -o photo.lcip --quality 5 --method hybrid

\b
PNG and JPEG are read, upright, as 8-bit RGB: grey is coded as three equal channels, transparency
is laid over white, 16-bit samples keep their high byte. Sides need not be multiples of 16; the
file holds the true size. An existing output is replaced, never the input.
Exit status: 0 done; 2 a mistake, nothing was written.
"""
WRITER = "lcip image compress"
DEAREST = 10  # channels that `inspect` lists

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Compress photographs with the book's codecs.",
    epilog=EXAMPLES,
)

Source = Annotated[Path, typer.Argument(metavar="FILE", help="The file to read.")]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The file to write.")]


@app.command(epilog=COMPRESS_EXAMPLES, short_help="A photograph to a small file.")
def compress(
    photograph: Source,
    out: Out,
    quality: Annotated[int, typer.Option(help="1 (small files) to 8 (fine pictures).")] = 3,
    method: Annotated[str, typer.Option(help="How distributions are sent, or learned.")] = (
        "adaptive"
    ),
    family: Annotated[
        str, typer.Option(help="small, paper-low, paper-high, or zoo, CompressAI's, once fetched.")
    ] = "small",
) -> None:
    """Compress a photograph; the file says itself what it takes to read it."""
    files.check_output(out, photograph)
    from lcip import datasets
    from lcip.distributions import codec

    rgb = datasets.read_image(photograph)
    setting = codec.Setting(family, quality, method)
    data = codec.load(setting).compress(rgb)
    files.write(out, data)
    rate_bpp = 8 * len(data) / (rgb.shape[0] * rgb.shape[1])
    typer.echo(f"{shown(out)}: {len(data):,} bytes, {rate_bpp:.4g} bits per pixel ({setting})")


@app.command(short_help="Such a file back to a picture.")
def decompress(file: Source, out: Out) -> None:
    """Write the picture in a file as PNG."""
    files.check_output(out, file)
    next_step = "name a .png file: a lossy format would change the picture again"
    files.check_suffix(out, (".png",), next_step)
    from lcip.distributions import codec

    data = files.read(file, WRITER)
    with files.naming(file):
        rgb = codec.load(codec.setting_of(data)).decompress(data)
    files.write(out, png(rgb))
    typer.echo(f"{shown(out)}: {rgb.shape[1]} × {rgb.shape[0]} pixels")


@app.command(short_help="What is in such a file, and where its bits went.")
def inspect(file: Source) -> None:
    """Show method, weights and size of the picture, bytes of each part, the dearest channels."""
    from lcip.distributions.account import account

    data = files.read(file, WRITER)
    with files.naming(file):
        found = account(data)
    for line in described(shown(file), found):
        typer.echo(line)
    total = found.channel_bits.sum()
    rows = [
        (str(channel), f"{bits:,.0f}", f"{100 * bits / total:.1f} %")
        for channel, bits in found.dearest_channels(DEAREST)
    ]
    print_table(("dearest channels", "bits", "of the latent"), rows)


def described(name: str, found: "Account") -> list[str]:
    """An account in lines."""
    setting, (height, width) = found.setting, found.padded
    parts = (
        ("container", found.container_bytes),
        ("side information", found.side_bytes),
        ("latent", found.latent_bytes),
        ("file", found.file_bytes),
    )
    escapes = "" if found.escapes is None else f", {found.escapes} symbols outside their table"
    return [
        f"{name}: method {setting.method}, weights {setting.family} quality {setting.quality} "
        f"(model {found.model})",
        f"  picture {found.width} × {found.height} pixels, coded as {width} × {height}; "
        f"{found.rate_bpp:.4g} bits per pixel",
        *(f"  {part:<16} {size:>11,} bytes" for part, size in parts),
        f"  {len(found.channel_bits)} channels of {width // 16} × {height // 16} symbols{escapes}",
        "",
    ]


def png(rgb: object) -> bytes:
    """uint8 (H, W, 3) as a PNG file."""
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(rgb).save(buffer, format="PNG")
    return buffer.getvalue()
