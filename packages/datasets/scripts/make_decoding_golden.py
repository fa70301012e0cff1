"""Writes `golden/decoded.jsonl.gz`: small images of many kinds, and what PIL reads in each.

    python3 packages/datasets/scripts/make_decoding_golden.py

needs PIL and NumPy. Each line is one file: its bytes in base64, and the size and the SHA-256 of the
bytes `[height, width, 3]` that `Image.open(file).convert("RGB")` gives, as torchvision's and timm's
image folders open a file, or the reason why PIL refuses it.
"""

import base64
import gzip
import hashlib
import json
import struct
import warnings
import zlib
from io import BytesIO
from pathlib import Path

import numpy
import PIL
from PIL import Image

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "decoded.jsonl.gz"
WIDTH, HEIGHT = 13, 7
SIZE = (WIDTH, HEIGHT)


def pixels(channels, depth=8, seed=1):
    """Values of every kind: a ramp, noise, and both ends."""
    random = numpy.random.default_rng(seed)
    kind = {8: numpy.uint8, 16: numpy.uint16}[depth]
    values = random.integers(0, 2**depth, (HEIGHT, WIDTH, channels)).astype(kind)
    values[0] = numpy.linspace(0, 2**depth - 1, WIDTH).astype(kind)[:, None]
    values[1, :4] = [[0] * channels, [2**depth - 1] * channels, [255] * channels, [254] * channels]
    return values if channels > 1 else values[..., 0]


def smooth(channels):
    rows, columns = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [(rows * 17 + columns * (9 + 3 * c)) % 256 for c in range(channels)]
    return numpy.stack(planes, -1).astype(numpy.uint8)


COLOUR = Image.fromarray(pixels(3))
SMOOTH = Image.fromarray(smooth(3))
GREY = Image.fromarray(pixels(1))
ALPHA = Image.fromarray(pixels(4))
DEEP = pixels(1, 16)


def png(colour_type, depth, rows, extra=b""):
    """A PNG of rows that are packed already."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour_type, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def png_chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bits(values, depth):
    """Rows of values, packed into bytes from the highest bit on."""
    for row in values:
        text = "".join(format(int(value), f"0{depth}b") for value in row)
        text += "0" * (-len(text) % 8)
        yield int(text, 2).to_bytes(len(text) // 8, "big")


def deep_rows(values):
    return [row.astype(">u2").tobytes() for row in values]


def pngs():
    yield "grey-1.png", png(0, 1, bits(pixels(1) % 2, 1))
    yield "grey-2.png", png(0, 2, bits(pixels(1) % 4, 2))
    yield "grey-4.png", png(0, 4, bits(pixels(1) % 16, 4))
    yield "grey-16.png", png(0, 16, deep_rows(DEEP))
    yield "grey-16-dark.png", png(0, 16, deep_rows(DEEP // 200))
    yield "grey-alpha-16.png", png(4, 16, deep_rows(pixels(2, 16)))
    yield "colour-16.png", png(2, 16, deep_rows(pixels(3, 16)))
    yield "colour-alpha-16.png", png(6, 16, deep_rows(pixels(4, 16)))
    yield "grey-see-through.png", png(0, 8, [row.tobytes() for row in pixels(1)], png_chunk(b"tRNS", b"\0\xff"))
    yield "grey-16-see-through.png", png(0, 16, deep_rows(DEEP), png_chunk(b"tRNS", b"\xff\xff"))
    yield "grey-2-see-through.png", png(0, 2, bits(pixels(1) % 4, 2), png_chunk(b"tRNS", b"\0\1"))
    yield "colour-see-through.png", png(
        2, 8, [row.tobytes() for row in pixels(3)], png_chunk(b"tRNS", b"\0\0\0\0\0\0")
    )
    yield "gamma.png", png(2, 8, [row.tobytes() for row in pixels(3)], png_chunk(b"gAMA", struct.pack(">I", 100000)))
    palette = bytes(range(48))
    yield "palette-4.png", png(3, 4, bits(pixels(1) % 16, 4), png_chunk(b"PLTE", palette))
    yield "palette-alpha.png", png(
        3, 4, bits(pixels(1) % 16, 4), png_chunk(b"PLTE", palette) + png_chunk(b"tRNS", bytes(range(0, 160, 10)))
    )
    yield "palette-short.png", png(3, 4, bits(pixels(1) % 16, 4), png_chunk(b"PLTE", palette[:24]))


def bmp(depth, rows, palette=b"", compression=0, masks=b"", height=HEIGHT, header=40, size=None):
    """A BMP of rows that are packed already, from the lowest up."""
    data = b"".join(rows)
    if header == 12:
        info = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, depth)
    else:
        colours = len(palette) // 4
        info = struct.pack("<IiiHHIIiiII", header, WIDTH, height, 1, depth, compression, len(data), 0, 0, colours, 0)
    if header > 40:
        info += masks.ljust(header - 40, b"\0")
        masks = b""
    offset = 14 + len(info) + len(masks) + len(palette)
    return b"BM" + struct.pack("<IHHI", offset + len(data), 0, 0, offset) + info + masks + palette + data


def padded(rows):
    return [row + b"\0" * (-len(row) % 4) for row in rows]


def bmps():
    for name, mode in [("1", "1"), ("l", "L"), ("p", "P"), ("rgb", "RGB"), ("rgba", "RGBA")]:
        yield f"bmp-{name}.bmp", (ALPHA if mode == "RGBA" else COLOUR).convert(mode)
    flipped = pixels(1)[::-1]
    sixteen = b"".join(struct.pack("BBBB", 16 * i, 255 - 9 * i, 3 * i, 0) for i in range(16))
    two = b"\x10\x80\xf0\0\xf0\x20\x30\0"
    grey = b"".join(struct.pack("BBBB", i, i, i, 0) for i in range(256))
    yield "bmp-two-colours.bmp", bmp(1, padded(bits(flipped % 2, 1)), two)
    yield "bmp-4.bmp", bmp(4, padded(bits(flipped % 16, 4)), sixteen)
    yield "bmp-few-colours.bmp", bmp(8, padded([row.tobytes() for row in flipped % 16]), sixteen)
    yield "bmp-missing-colours.bmp", bmp(8, padded([row.tobytes() for row in flipped % 20]), sixteen)
    yield "bmp-grey.bmp", bmp(8, padded([row.tobytes() for row in flipped]), grey)
    short = pixels(1, 16)[::-1]
    rows16 = padded([row.astype("<u2").tobytes() for row in short])
    yield "bmp-16.bmp", bmp(16, rows16)
    yield "bmp-555.bmp", bmp(16, rows16, compression=3, masks=struct.pack("<III", 0x7C00, 0x3E0, 0x1F))
    yield "bmp-565.bmp", bmp(16, rows16, compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    yield "bmp-444.bmp", bmp(16, rows16, compression=3, masks=struct.pack("<III", 0xF00, 0xF0, 0xF))
    words = [row.tobytes() for row in pixels(4)[::-1]]
    yield "bmp-32.bmp", bmp(32, words)
    for name, masks in {
        "bgrx": (0xFF0000, 0xFF00, 0xFF),
        "rgbx": (0xFF, 0xFF00, 0xFF0000),
        "xbgr": (0xFF000000, 0xFF0000, 0xFF00),
        "xrgb": (0xFF00, 0xFF0000, 0xFF000000),
        "bgar": (0xFF, 0xFF000000, 0xFF00),
    }.items():
        yield f"bmp-32-{name}.bmp", bmp(32, words, compression=3, masks=struct.pack("<III", *masks))
    yield "bmp-v4.bmp", bmp(
        32, words, compression=3, masks=struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000), header=108
    )
    yield "bmp-v5.bmp", bmp(
        32, words, compression=3, masks=struct.pack("<IIII", 0xFF, 0xFF00, 0xFF0000, 0xFF000000), header=124
    )
    yield "bmp-v4-24.bmp", bmp(24, padded([row.tobytes() for row in pixels(3)]), header=108)
    yield "bmp-top-down.bmp", bmp(24, padded([row.tobytes() for row in pixels(3)]), height=-HEIGHT)
    yield "bmp-os2-24.bmp", bmp(24, padded([row.tobytes() for row in pixels(3)]), header=12)
    thirds = b"".join(struct.pack("BBB", i, 255 - i, i // 2) for i in range(256))
    yield "bmp-os2-8.bmp", bmp(8, padded([row.tobytes() for row in flipped]), thirds, header=12)
    many = b"".join(struct.pack("BBBB", i, 255 - i, i // 3, 0) for i in range(256))
    runs = [b"\x05\x10\x00\x05\x01\x02\x03\x04\x05\x00\x03\xf0\x00\x00"] * HEIGHT
    runs[2] = b"\x04\x07\x00\x02\x03\x01\x05\x21\x00\x00"
    runs[5] = b"\x02\x99\x00\x00"
    yield "bmp-rle8.bmp", bmp(8, [*runs[:4], *runs[5:], b"\0\1"], many, compression=1)
    yield "bmp-rle4.bmp", bmp(4, [b"\x06\x12\x00\x05\x12\x34\x50\x00\x02\xf3\x00\x00"] * HEIGHT + [b"\0\1"], sixteen, compression=2)
    for name, data in [("24", bmp(24, padded([row.tobytes() for row in pixels(3)]))), ("8", bmp(8, padded([row.tobytes() for row in flipped]), many))]:
        yield f"bmp-{name}-no-offset.bmp", data[:10] + bytes(4) + data[14:]
        yield f"bmp-{name}-header-offset.bmp", data[:10] + struct.pack("<I", 54) + data[14:]
    data = bmp(16, rows16, compression=3, masks=struct.pack("<III", 0xF800, 0x7E0, 0x1F))
    yield "bmp-565-no-offset.bmp", data[:10] + bytes(4) + data[14:]
    yield "bmp-cut-short.bmp", bmp(24, padded([row.tobytes() for row in pixels(3)]))[:-60]


def maps():
    for name, mode in [("p4", "1"), ("p5", "L"), ("p6", "RGB")]:
        yield f"{name}.ppm", COLOUR.convert(mode)
    size = b"%d %d" % SIZE
    yield "p5-comment.pgm", b"P5 # one\n#two\n" + size + b"\n# three\n255\n" + pixels(1).tobytes()
    yield "p5-31.pgm", b"P5\n" + size + b"\n31\n" + (pixels(1) % 32).tobytes()
    yield "p5-100-over.pgm", b"P5\n" + size + b"\n100\n" + pixels(1).tobytes()
    yield "p5-65535.pgm", b"P5\n" + size + b"\n65535\n" + DEEP.astype(">u2").tobytes()
    yield "p5-1000.pgm", b"P5\n" + size + b"\n1000\n" + (DEEP % 1001).astype(">u2").tobytes()
    yield "p6-65535.ppm", b"P6\n" + size + b"\n65535\n" + pixels(3, 16).astype(">u2").tobytes()
    yield "p6-77.ppm", b"P6\n" + size + b"\n77\n" + (pixels(3) % 78).tobytes()
    yield "p6-long.ppm", b"P6\n" + size + b"\n255\n" + pixels(3).tobytes() + b"more"
    yield "p6-cut-short.ppm", b"P6\n" + size + b"\n255\n" + pixels(3).tobytes()[:-1]
    text = lambda values: b"\n".join(b" ".join(b"%d" % v for v in row) for row in values.reshape(HEIGHT, -1))
    yield "p1.pbm", b"P1\n" + size + b"\n" + text(pixels(1) % 2)
    yield "p1-dense.pbm", b"P1\n" + size + b"\n" + text(pixels(1) % 2).replace(b" ", b"") + b"\n"
    yield "p2.pgm", b"P2\n" + size + b"\n255 #x\n" + text(pixels(1)) + b"\n"
    yield "p2-1000.pgm", b"P2\n" + size + b"\n1000\n" + text(DEEP % 1001) + b"\n"
    yield "p2-over.pgm", b"P2\n" + size + b"\n100\n" + text(pixels(1)) + b"\n"
    yield "p3.ppm", b"P3\n" + size + b"\n255\n" + text(pixels(3))
    yield "p3-77.ppm", b"P3\n" + size + b"\n77\n" + text(pixels(3) % 78)
    yield "p3-cut-short.ppm", b"P3\n" + size + b"\n255\n" + text(pixels(3))[:-30]
    yield "p7.pam", b"P7\nWIDTH 13\nHEIGHT 7\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n" + pixels(3).tobytes()


def gif(frame, at=(0, 0), side=SIZE, transparent=None, background=0, local=False, interlace=False):
    """A GIF of one frame, made from PIL's own."""
    file = BytesIO()
    frame.save(file, "GIF", interlace=interlace)
    data = file.getvalue()
    table = 3 * 2 ** ((data[10] & 7) + 1)
    colours = data[13 : 13 + table]
    start = data.index(b",", 13 + table)
    image = data[start:-1]
    packed = data[10]
    box = struct.pack("<HHHH", *at, *frame.size)
    flags = image[9] & 0x40
    if local:
        image = b"," + box + bytes([flags | 0x80 | packed & 7]) + colours + image[10:]
        head = struct.pack("<HHBBB", *side, 0, 0, 0)
    else:
        image = b"," + box + bytes([flags]) + image[10:]
        head = struct.pack("<HHBBB", *side, packed, background, 0) + colours
    control = b"" if transparent is None else b"!\xf9\4" + bytes([1, 0, 0, transparent]) + b"\0"
    return b"GIF89a" + head + control + image + b";"


def gifs():
    frame = COLOUR.quantize(16)
    yield "plain.gif", gif(frame)
    yield "interlaced.gif", gif(frame, interlace=True)
    yield "transparent.gif", gif(frame, transparent=3)
    yield "local.gif", gif(frame, local=True, transparent=5)
    yield "inside.gif", gif(frame, at=(2, 3), side=(20, 12), background=7)
    yield "inside-transparent.gif", gif(frame, at=(2, 3), side=(20, 12), transparent=4, background=7)
    yield "inside-local.gif", gif(frame, at=(2, 3), side=(20, 12), local=True, background=7)
    yield "outside.gif", gif(frame, at=(5, 3), side=(13, 7))
    yield "narrow.gif", gif(frame, at=(2, 3), side=(4, 12), background=7)
    yield "low.gif", gif(frame, at=(2, 3), side=(20, 0), background=7)
    yield "grey.gif", gif(GREY)
    yield "grey-transparent.gif", gif(GREY, transparent=30, at=(1, 1), side=(16, 16))
    whole = gif(GREY)
    yield "no-palette.gif", whole[:10] + b"\x70" + whole[11:13] + whole[13 + 768 :]
    yield "comment.gif", gif(frame, transparent=2).replace(b"!\xf9", b"!\xfe\3one\2ab\0!\xf9", 1)
    yield "cut-short.gif", gif(COLOUR.resize((60, 50)).quantize(200))[:-800]
    first = COLOUR.quantize(16)
    yield "animated.gif", first, {"save_all": True, "append_images": [SMOOTH.quantize(16)], "disposal": 2}


TAGS = {"width": 256, "height": 257, "bits": 258, "compression": 259, "photometric": 262, "offsets": 273,
        "orientation": 274, "samples": 277, "rows": 278, "counts": 279, "planar": 284, "predictor": 317, "extra": 338,
        "format": 339}


def tiff(strips, order="<", **tags):
    """An uncompressed TIFF of strips that are packed already."""
    head = 8
    offsets = [head + sum(len(s) for s in strips[:i]) for i in range(len(strips))]
    tags = {"width": WIDTH, "height": HEIGHT, "compression": 1, "offsets": offsets, "rows": HEIGHT,
            "counts": [len(s) for s in strips], **tags}
    body = b"".join(strips)
    body += b"\0" * (len(body) % 2)
    rows, extra = [], b""
    start = head + len(body) + 2 + 12 * len(tags) + 4
    for tag, value in sorted((TAGS[name], value) for name, value in tags.items()):
        values = value if isinstance(value, list) else [value]
        kind, code = (4, "I") if tag in (273, 279) else (3, "H")
        data = struct.pack(order + code * len(values), *values)
        if len(data) > 4:
            field = struct.pack(order + "I", start + len(extra))
            extra += data + b"\0" * (len(data) % 2)
        else:
            field = data.ljust(4, b"\0")
        rows.append(struct.pack(order + "HHI", tag, kind, len(values)) + field)
    magic = b"II*\0" if order == "<" else b"MM\0*"
    directory = struct.pack(order + "H", len(rows)) + b"".join(rows) + struct.pack(order + "I", 0)
    return magic + struct.pack(order + "I", head + len(body)) + body + directory + extra


def tiffs():
    for name, mode in [("1", "1"), ("l", "L"), ("la", "LA"), ("p", "P"), ("rgb", "RGB"), ("rgba", "RGBA"), ("cmyk", "CMYK"),
                       ("ycbcr", "YCbCr"), ("lab", "LAB")]:
        yield f"tiff-{name}.tif", (ALPHA if mode in ("RGBA", "LA") else COLOUR).convert(mode)
    yield "tiff-16.tif", Image.fromarray(DEEP)
    yield "tiff-int.tif", Image.fromarray(DEEP.astype(numpy.int32) - 200)
    yield "tiff-float.tif", Image.fromarray((DEEP / 100).astype(numpy.float32) - 20)
    for name in ("tiff_lzw", "packbits", "tiff_adobe_deflate"):
        yield f"{name}.tif", SMOOTH, {"compression": name}
        yield f"{name}-16.tif", Image.fromarray(DEEP), {"compression": name}
    yield "group4.tif", COLOUR.convert("1"), {"compression": "group4"}
    yield "jpeg.tif", SMOOTH, {"compression": "jpeg"}
    yield "jpeg-grey.tif", SMOOTH.convert("L"), {"compression": "jpeg"}
    for turn in (3, 6, 8):
        yield f"turned-{turn}.tif", COLOUR, {"tiffinfo": {274: turn}}
    yield "pages.tif", COLOUR, {"save_all": True, "append_images": [SMOOTH]}
    deep = pixels(3, 16)
    for name, order in [("little", "<"), ("big", ">")]:
        data = deep.astype(order + "u2").tobytes()
        yield f"tiff-colour-16-{name}.tif", tiff([data], order, bits=[16] * 3, photometric=2, samples=3)
    data = pixels(4, 16).astype("<u2").tobytes()
    yield "tiff-colour-alpha-16.tif", tiff([data], bits=[16] * 4, photometric=2, samples=4, extra=2)
    data = DEEP.astype(">u2").tobytes()
    yield "tiff-16-big.tif", tiff([data], ">", bits=16, photometric=1, samples=1)
    yield "tiff-16-inverted.tif", tiff([DEEP.astype("<u2").tobytes()], bits=16, photometric=0, samples=1)
    yield "tiff-16-signed.tif", tiff([DEEP.astype("<u2").tobytes()], bits=16, photometric=1, samples=1, format=2)
    yield "tiff-inverted.tif", tiff([pixels(1).tobytes()], bits=8, photometric=0, samples=1)
    yield "tiff-4.tif", tiff([b"".join(bits(pixels(1) % 16, 4))], bits=4, photometric=1, samples=1)
    yield "tiff-2-inverted.tif", tiff([b"".join(bits(pixels(1) % 4, 2))], bits=2, photometric=0, samples=1)
    yield "tiff-1-inverted.tif", tiff([b"".join(bits(pixels(1) % 2, 1))], bits=1, photometric=0, samples=1)
    planes = [pixels(3)[..., c].tobytes() for c in range(3)]
    yield "tiff-planes.tif", tiff(planes, bits=[8] * 3, photometric=2, samples=3, planar=2)
    yield "tiff-associated.tif", tiff([pixels(4).tobytes()], bits=[8] * 4, photometric=2, samples=4, extra=1)
    hidden = pixels(4)
    hidden[3:5, :, 3] = [[0], [255]]
    yield "tiff-hidden.tif", tiff([hidden.tobytes()], bits=[8] * 4, photometric=2, samples=4, extra=1)
    yield "tiff-unspecified.tif", tiff([pixels(4).tobytes()], bits=[8] * 4, photometric=2, samples=4, extra=0)
    yield "tiff-cut-short.tif", tiff([pixels(3).tobytes()], bits=[8] * 3, photometric=2, samples=3)[:60]


def others():
    yield "jpeg.jfif", SMOOTH, {"format": "JPEG", "quality": 90}
    yield "bmp-inside.jpg", COLOUR, {"format": "BMP"}
    yield "png-inside.jpg", COLOUR, {"format": "PNG"}
    yield "jpeg-inside.png", SMOOTH, {"format": "JPEG"}
    yield "webp-inside.png", ALPHA, {"format": "WEBP", "lossless": True, "exact": True}
    yield "gif-inside.jpeg", COLOUR.quantize(16), {"format": "GIF"}
    yield "tiff-inside.jpg", COLOUR, {"format": "TIFF"}
    yield "drawing.jpg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>'
    yield "turned.jpg", SMOOTH, {"exif": turned(6)}
    yield "turned.png", COLOUR, {"exif": turned(6)}
    yield "animated.webp", COLOUR, {"save_all": True, "append_images": [SMOOTH], "lossless": True}


def turned(orientation):
    exif = Image.Exif()
    exif[274] = orientation
    return exif


def read(data):
    try:
        with Image.open(BytesIO(data)) as image:
            mode = image.mode
            image = image.convert("RGB")
    except Exception as error:  # PIL's plugins raise of every kind.
        return {"refused": type(error).__name__}
    return {"mode": mode, "size": list(image.size), "sha256": hashlib.sha256(image.tobytes()).hexdigest()}


def encoded(name, image, options):
    if isinstance(image, bytes):
        return image
    file = BytesIO()
    format = Image.registered_extensions()[name[name.rindex(".") :]]
    image.save(file, **{"format": format, **options})
    return file.getvalue()


def main():
    warnings.simplefilter("ignore")
    lines = [{"PIL": PIL.__version__}]
    for name, image, *options in [*pngs(), *bmps(), *maps(), *gifs(), *tiffs(), *others()]:
        data = encoded(name, image, options[0] if options else {})
        lines.append({"file": name, **read(data), "bytes": base64.b64encode(data).decode()})
    text = "".join(json.dumps(line) + "\n" for line in lines)
    GOLDEN.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
