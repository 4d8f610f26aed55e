"""Writes cases.jsonl.gz: arrays and what str() of them is in NumPy.

Run as: python3 gen.py [seed count]. Without arguments, the recorded cases; with
them, others on standard output.
One JSON object a line: fmt and isz (format, made portable, and item size of
the exported buffer), shape, hex (the items in C order), str. The first line names the versions.
"""
import gzip
import io
import json
import random
import re
import sys

import numpy as np

seed, count = (int(a) for a in sys.argv[1:]) if len(sys.argv) > 1 else (1, 400)
rng = random.Random(seed)
out = sys.stdout
if len(sys.argv) == 1:
    out = io.TextIOWrapper(gzip.GzipFile("cases.jsonl.gz", "wb", mtime=0), encoding="utf-8")


def portable(fmt):
    """The same format without native sizes and byte order, except for long double."""
    if fmt == "g":
        return fmt
    fmt = re.sub(r"[@=]", "<", fmt)
    fmt = re.sub(r"^((?:T\{)?(?:\([\d,]+\))?)(?![<>(])", r"\1<", fmt)
    if "<" in fmt:
        fmt = re.sub(r"l(?=:|$)", "q", re.sub(r"L(?=:|$)", "Q", fmt))
    return fmt


def emit(a):
    a = np.ascontiguousarray(a).reshape(a.shape)
    case = {"fmt": portable(memoryview(a).format), "isz": a.itemsize, "shape": list(a.shape), "hex": a.tobytes().hex(), "str": str(a)}
    assert memoryview(a).itemsize == a.dtype.itemsize
    print(json.dumps(case), file=out)


def number():
    kind = rng.randrange(10)
    if kind == 0:
        return float(rng.randrange(-9, 10))
    if kind == 1:
        return rng.uniform(-1, 1)
    if kind == 2:
        return rng.choice([np.nan, np.inf, -np.inf, 0.0, -0.0])
    if kind == 3:
        return rng.uniform(-1, 1) * 10.0 ** rng.randrange(-12, 12)
    if kind == 4:
        return rng.randrange(-9, 10) * 10.0 ** rng.randrange(-30, 30)
    if kind == 5:
        return rng.randrange(-1000, 1000) / 8
    if kind == 6:
        return rng.uniform(0, 1e5) if rng.random() < 0.7 else float(rng.randrange(10**rng.randrange(9)))
    return round(rng.uniform(-100, 100), rng.randrange(10))


def numbers(n):
    """Floats of one style more often than not, so that columns have few decimals."""
    if rng.random() < 0.4:
        return [number() for _ in range(n)]
    style = rng.randrange(6)
    if style == 0:
        return [float(rng.randrange(-100, 100)) for _ in range(n)]
    if style == 1:
        return [rng.randrange(-100, 100) / 4 for _ in range(n)]
    if style == 2:
        return [round(rng.uniform(-10, 10), 2) for _ in range(n)]
    if style == 3:
        return [rng.uniform(0.5, 5) * 10 ** rng.randrange(0, 3) for _ in range(n)]
    if style == 4:
        return [rng.uniform(1e5, 9.9e7) for _ in range(n)]
    return [rng.choice([np.nan, np.inf, -np.inf, 1.0]) for _ in range(n)]


def text():
    return "".join(rng.choice("abz '\"\\\n\té€\x7f0") for _ in range(rng.randrange(5)))


def values(code, n):
    if code[0] in "iu":
        info = np.iinfo(code)
        return [rng.choice([0, 1, rng.randrange(10), rng.randrange(100), rng.randint(int(info.min), int(info.max))])
                for _ in range(n)]
    if code in ("?", "b1"):
        return [rng.random() < 0.5 for _ in range(n)]
    if code[0] == "f" or code == "g":
        return numbers(n)
    if code[0] == "c" or code == "G":
        return [complex(a, b) for a, b in zip(numbers(n), numbers(n))]
    if code[0] == "S":
        return [text().encode("latin-1", "replace") for _ in range(n)]
    if code[0] == "U":
        return [text() for _ in range(n)]
    raise ValueError(code)


SCALARS = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "g", "c8", "c16", "S3", "U3"]
SHAPES = [(), (), (1,), (2,), (5,), (7,), (40,), (2, 3), (3, 1), (4, 6), (2, 2, 3), (1, 1, 1, 2), (0,), (2, 0), (1001,), (3, 400),
          (12, 12, 12), (1, 1200), (1200, 1), (25,)]


def struct():
    fields = []
    order = rng.choice("<>")
    for i in range(rng.randrange(1, 5)):
        code = rng.choice(SCALARS)
        if code == "g":
            code = "f8"
        shape = rng.choice([(), (), (), (2,), (2, 2)])
        fields.append(("m%d" % i, (order if code[0] not in "?S" else "") + code, shape))
    return np.dtype(fields, align=order == "<")  # a packed native one is exported in a format that pads it


def fill(dtype, n):
    a = np.zeros(n, dtype)
    if dtype.names is None:
        a[...] = values(dtype.str.lstrip("<>|=") if dtype.char not in "gG" else "g", n)
        return a
    for name in dtype.names:
        sub = dtype[name]
        base, shape = sub.base, sub.shape
        size = int(np.prod(shape, dtype=int))
        a[name] = fill(base, n * size).reshape((n,) + shape)
    return a


print(json.dumps({"numpy": np.__version__, "python": sys.version.split()[0]}), file=out)
with np.errstate(all="ignore"):
    for i in range(count):
        shape = rng.choice(SHAPES)
        n = int(np.prod(shape, dtype=int))
        if n > 100 and len(sys.argv) == 1 and rng.random() < 0.9:
            shape, n = (3,), 3
        if rng.random() < 0.2:
            dtype = struct()
        else:
            code = rng.choice(SCALARS)
            dtype = np.dtype("g" if code == "g" else rng.choice("<<<>") + code if code[0] not in "?S" else code)
        emit(fill(dtype, n).reshape(shape))
out.flush()
if out is not sys.stdout:
    out.close()
