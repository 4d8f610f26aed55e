"""Writes cases.jsonl.gz: what NumPy makes of take, put, compress, nonzero, masks and conversions.

Run as: python3 gen.py [seed count]. Without arguments, the recorded cases; with them, others on standard output, count of
each sort.
The first line names the versions. Every other is one case, a JSON object with "op" and
  convert     from, to (formats), src, dst (views), items: the whole memory of src and of dst afterwards
  cancast     formats; for each casting, rows from, columns to, a string of 0 and 1
  take, put, compress, nonzero, where, putmask
              fmt, src, dst, idx, mask (views), axis (null: flat), mode, out: the memory of dst afterwards, or the result
              in C order; err: the exception's name instead. dst is then as it was.
A view is made of zeroed memory of shape s in C order: items from r, transposed by p, sliced by x.
  s, p, x     shape, axes, NumPy's slice notation
  r           a seed: the bytes are those of bytes_of; of bools only the lowest bit
  v           the items in C order, of an index view; fmt is their format
  b           the bytes, in base64
  all         65536 items of 2 bytes, each with its number as its bits, in little-endian order
All bytes are in base64. The file in the repository was written by NumPy 1.24.2, CPython 3.11.2, on x86-64 Linux.
"""
import base64
import gzip
import io
import json
import platform
import random
import struct
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")
seed, count = (int(a) for a in sys.argv[1:]) if len(sys.argv) > 1 else (1, 900)
rng = random.Random(seed)
out = sys.stdout
if len(sys.argv) == 1:
    out = io.TextIOWrapper(gzip.GzipFile("cases.jsonl.gz", "wb", mtime=0), encoding="utf-8")


def emit(**case):
    print(json.dumps(case, separators=(",", ":")), file=out)


def b64(data):
    return base64.b64encode(bytes(data)).decode()


def bytes_of(r, n):
    """n bytes of a linear congruential generator."""
    x, b = r, bytearray()
    for _ in range(n):
        x = (x * 1103515245 + 12345) % 2**31
        b.append(x >> 16 & 255)
    return bytes(b)


CODES = {"b1": "?", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q",
         "f2": "e", "f4": "f", "f8": "d", "c8": "Zf", "c16": "Zd"}
PAIR = np.dtype([("a", "<i4"), ("b", ">f8")])


def format_of(dt):
    if dt == PAIR:
        return "T{<i:a:>d:b:}"
    if dt.kind == "S":
        return "%ds" % dt.itemsize
    order = "" if dt.itemsize == 1 else ">" if dt.byteorder == ">" else "<"
    return order + CODES[dt.kind + str(dt.itemsize)]


def slices(shape):
    """A random slice expression that leaves the wanted shape of a larger one."""
    base, parts = [], []
    for n in shape:
        kind = rng.randrange(5)
        if kind == 0:
            base.append(2 * n + 1)
            parts.append("1::2")
        elif kind == 1:
            base.append(n)
            parts.append("::-1")
        elif kind == 2:
            base.append(n + 1)
            parts.append("1:")
        else:
            base.append(n)
            parts.append(":")
    return base, ",".join(parts)


def layout(shape):
    """Base shape, axes and slices of a view of the wanted shape."""
    want, x = slices(shape)
    perm = list(range(len(shape)))
    if rng.random() < 0.4:
        rng.shuffle(perm)
    base = [0] * len(shape)
    for k, axis in enumerate(perm):
        base[axis] = want[k]
    return base, perm, x


def apply(base, perm, x):
    v = base.transpose(perm)
    return eval("v[%s]" % x) if x else v


def view(dt, shape, data=None, values=None):
    """A view of the wanted shape, its base, and the case's description of it."""
    s, p, x = layout(shape)
    d = {"s": s, "p": p, "x": x}
    n = int(np.prod(s)) * dt.itemsize
    if data is not None:
        mem = data(int(np.prod(s)))
        d["b"] = b64(mem)
    else:
        d["r"] = rng.randrange(2**31)
        mem = bytes_of(d["r"], n)
        if dt.kind == "b":
            mem = bytes(c & 1 for c in mem)
    base = np.frombuffer(bytearray(mem), dt).reshape(s) if n else np.zeros(s, dt)
    v = apply(base, p, x)
    if values is not None:
        v[...] = values
        d.pop("r")
        d["fmt"] = format_of(dt)
        d["v"] = [int(i) for i in v.reshape(-1)]
    return v, base, d


def shape(most=3, length=4):
    return [rng.randrange(1, length + 1) if rng.random() < 0.97 else 0 for _ in range(rng.randrange(most + 1))]


def ordered(code):
    return np.dtype(rng.choice("<>") + code)


MOVED = ["b1", "u1", "i2", "i4", "f4", "f8", "c16", "S3", "pair"]


def moved():
    code = rng.choice(MOVED)
    return PAIR if code == "pair" else ordered(code)


def other_order(dt):
    """The same type, maybe in the other byte order."""
    return dt.newbyteorder() if rng.random() < 0.3 and dt is not PAIR else dt


def indices(n, mode, shp, errors=True):
    dt = ordered(rng.choice(["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"]))
    lo, hi = (-n, n - 1) if mode == "raise" else (-3 * n - 2, 3 * n + 2)
    if errors and rng.random() < 0.1:
        lo, hi = lo - 2, hi + 3
    if dt.kind == "u":
        lo = 0
    hi = max(hi, lo)
    size = int(np.prod(shp))
    return view(dt, shp, values=np.array([rng.randint(lo, hi) for _ in range(size)], np.int64).astype(dt).reshape(shp))


def mask(shp, p):
    v, base, d = view(np.dtype("?"), shp, data=lambda n: bytes(int(rng.random() < p) for _ in range(n)))
    return v, d


def table():
    shp = shape()
    if 0 in shp:
        shp = [n or 2 for n in shp]
    axis = rng.randrange(len(shp)) if shp and rng.random() < 0.7 else None
    n = int(np.prod(shp)) if axis is None else shp[axis]
    return shp, axis, n


def run(d, case, f, dst, base):
    """Runs f and records what became of dst, or the exception."""
    try:
        f()
        case["out"] = b64(base.tobytes())
    except (IndexError, ValueError, TypeError) as e:
        case["err"] = type(e).__name__
    emit(**case)


def take():
    shp, axis, n = table()
    mode = rng.choice(["raise", "clip", "wrap"])
    dt = moved()
    src, _, sd = view(dt, shp)
    idx, _, idd = indices(n, mode, shape(2))
    full = list(idx.shape) if axis is None else shp[:axis] + list(idx.shape) + shp[axis + 1:]
    dst, base, dd = view(other_order(dt), full)

    def f():
        dst[...] = np.take(src, np.array(idx, np.int64) if idx.dtype != np.uint64 else idx.astype(np.int64), axis=axis, mode=mode)
    run(dd, {"op": "take", "fmt": [format_of(dst.dtype), format_of(dt)], "src": sd, "dst": dd, "idx": idd, "axis": axis, "mode": mode}, f, dst, base)


def put():
    shp, axis, n = table()
    mode = rng.choice(["raise", "clip", "wrap"])
    dt = moved()
    dst, base, dd = view(dt, shp)
    idx, _, idd = indices(n, mode, shape(2))
    full = list(idx.shape) if axis is None else shp[:axis] + list(idx.shape) + shp[axis + 1:]
    src, _, sd = view(other_order(dt), full)
    i = idx.astype(np.int64)

    def f():
        if axis is None:
            if base.size == dst.size and dst.flags.c_contiguous:
                np.put(dst, i, src, mode=mode)  # writes through
                return
            c = np.array(dst, order="C")
            np.put(c, i, src, mode=mode)
            dst[...] = c
            return
        j = i
        if mode == "clip":
            j = np.clip(i, 0, n - 1)
        elif mode == "wrap":
            j = i % n
        if mode == "raise" or len(np.unique(j)) == j.size:
            dst[(slice(None),) * axis + (j,)] = src
        if len(np.unique(j)) < j.size:
            # NumPy picks an order of its own where layouts are mixed; that of the indices is what is wanted.
            before = (slice(None),) * axis
            for at in np.ndindex(j.shape):
                dst[before + (j[at],)] = src[before + at]
    run(dd, {"op": "put", "fmt": [format_of(dt), format_of(src.dtype)], "src": sd, "dst": dd, "idx": idd, "axis": axis, "mode": mode}, f, dst, base)


def compress():
    shp = shape()
    dt = moved()
    src, _, sd = view(dt, shp)
    case = {"op": "compress", "fmt": [format_of(dt)], "src": sd}
    p = rng.choice([0.05, 0.5, 0.5, 0.95])
    kind = rng.randrange(3)
    if kind == 0 or not shp:
        m, md = mask(shp, p)
        axis, f = None, lambda: src[m].reshape(-1)
    else:
        axis = rng.randrange(len(shp)) if kind == 1 else None
        n = shp[axis] if axis is not None else src.size
        if rng.random() < 0.2:
            n = max(0, n + rng.choice([-1, 1]))
        m, md = mask([n], p)
        f = lambda: np.compress(m, src, axis=axis)
    case["mask"], case["axis"] = md, axis
    try:
        r = f()
        case["shape"], case["out"] = list(r.shape), b64(r.tobytes())
    except (IndexError, ValueError) as e:
        case["err"] = type(e).__name__
    emit(**case)


def nonzero():
    shp = shape() or [3]
    dt = ordered(rng.choice(list(CODES)))
    few = bytes_of(rng.randrange(2**31), 4096)

    def data(n):
        # Mostly zeros, of both signs.
        a = np.frombuffer((few * (n * dt.itemsize // 4096 + 1))[: n * dt.itemsize], dt).copy()
        if dt.kind == "b":
            a = (np.frombuffer(few * (n // 4096 + 1), "u1")[:n] & 1).astype("?")
        keep = np.array([rng.random() < 0.4 for _ in range(n)], bool)
        a[~keep] = 0
        if dt.kind in "fc":
            a[~keep] = np.array([rng.choice([0.0, -0.0]) for _ in range(n - int(keep.sum()))])
        return a.tobytes()
    src, _, sd = view(dt, shp, data=data)
    emit(op="nonzero", fmt=[format_of(dt)], src=sd, out=[[int(i) for i in r] for r in np.nonzero(src)],
         flat=[int(i) for i in np.flatnonzero(src)])


def narrower(shp):
    """A shape that broadcasts to shp."""
    s = [n if rng.random() < 0.8 else 1 for n in shp]
    return s[rng.randrange(len(s) + 1):] if s and rng.random() < 0.2 else s


def where():
    shp = shape()
    dt = moved()
    dst, base, dd = view(dt, shp)
    src, _, sd = view(other_order(dt), narrower(shp))
    m, md = mask(narrower(shp), rng.choice([0.05, 0.5, 0.95]))
    run(dd, {"op": "where", "fmt": [format_of(dt), format_of(src.dtype)], "src": sd, "dst": dd, "mask": md},
        lambda: np.copyto(dst, src, where=m), dst, base)


def putmask():
    shp = shape()
    dt = moved()
    dst, base, dd = view(dt, shp)
    src, _, sd = view(other_order(dt), [rng.choice([1, 2, 3, 5, max(dst.size, 1), dst.size + 2])] if rng.random() < 0.8 else shp)
    m, md = mask(shp if rng.random() < 0.8 else [dst.size], rng.choice([0.05, 0.5, 0.95]))
    if src.size == 0:
        return

    def f():
        c = np.array(dst, order="C")
        np.putmask(c, m, src.astype(dt))
        dst[...] = c
    run(dd, {"op": "putmask", "fmt": [format_of(dt), format_of(src.dtype)], "src": sd, "dst": dd, "mask": md}, f, dst, base)


def edges(dt):
    """Items of dt at all sorts of edges."""
    if dt.kind == "b":
        return np.array([False, True], dt)
    n = dt.itemsize * 8
    if dt.kind in "iu":
        v = [0, 1, 2, 3] + [s * (1 << k) + d for k in range(n) for d in (-1, 0, 1) for s in (1, -1)]
        return np.array([x % 2**n for x in v] + [rng.randrange(2**n) for _ in range(40)], "u%d" % dt.itemsize).astype("<u%d" % dt.itemsize).view("<i%d" % dt.itemsize if dt.kind == "i" else "<u%d" % dt.itemsize).astype(dt)
    part = np.dtype("<f%d" % (dt.itemsize // (2 if dt.kind == "c" else 1)))
    f = [0.0, 0.5, 0.999, 1.0, 1.5, 2.5, 127.0, 127.5, 128.0, 255.0, 255.5, 256.0, 32767.0, 32768.0, 65504.0, 65519.0, 65519.99, 65520.0, 65535.0,
         65536.0, 2.0**31, 2.0**31 - 1, 2.0**31 - 0.5, 2.0**32 - 1, 2.0**32, 2.0**53, 2.0**53 - 1, 2.0**62, 2.0**63, 2.0**63 - 1024, 2.0**64 - 2048,
         2.0**64, 1e30, 1e39, 1e300, 2.0**-14, 2.0**-15, 2.0**-24, 2.0**-25, 1.5 * 2.0**-25, 2.0**-25 * (1 + 2.0**-20), 2.0**-126, 2.0**-127,
         2.0**-149, 2.0**-150, 1.5 * 2.0**-150, 2.0**-1074, 2.0**128 * (1 - 2.0**-24), 2.0**128 * (1 - 2.0**-25), 2.0**128 * (1 - 2.0**-26), np.inf,
         1 + 2.0**-10, 1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-11 + 2.0**-40, 1 + 2.0**-24, 1 + 3 * 2.0**-24, 1 + 2.0**-24 + 2.0**-50]
    f += [rng.gauss(0, 1) * 2.0 ** rng.randrange(-40, 70) for _ in range(40)]
    a = np.array([s * x for x in f for s in (1, -1)]).astype(part)
    bits = a.view("<u%d" % part.itemsize).tolist()
    exp = {2: (0x7c00, 10), 4: (0x7f800000, 23), 8: (0x7ff << 52, 52)}[part.itemsize]
    for payload in [1, 2, 3, 1 << exp[1] - 1, (1 << exp[1] - 1) + 1, (1 << exp[1]) - 1, 1 << exp[1] - 2] + [rng.randrange(1, 1 << exp[1]) for _ in range(6)]:
        bits += [exp[0] | payload, exp[0] | payload | 1 << part.itemsize * 8 - 1]  # NaN
    for sub in [1, 2, 3, (1 << exp[1]) - 1]:
        bits += [sub, sub | 1 << part.itemsize * 8 - 1]
    a = np.array(bits, "<u%d" % part.itemsize).view(part)
    if dt.kind == "c":
        c = np.zeros(len(a), "<c%d" % dt.itemsize)
        c.real = a
        c.imag = np.roll(a, 7)
        a = c
    return a.astype(dt) if dt.byteorder != ">" else a.byteswap().view(dt)


def convert(src, sd, dt):
    dst, base, dd = view(dt, list(src.shape))
    np.copyto(dst, src, casting="unsafe")
    emit(op="convert", fmt=[format_of(dt), format_of(src.dtype)], src=sd, dst=dd, out=b64(base.tobytes()))


def conversions():
    for a in CODES:
        for b in CODES:
            if a == b:
                continue
            s, d = ordered(a), ordered(b)
            items = edges(s)
            x = rng.choice([":", "::-1"])
            sd = {"s": [len(items)], "p": [0], "x": x, "b": b64(items.tobytes())}
            convert(apply(items, [0], x), sd, d)
    if len(sys.argv) == 1:
        halves = np.arange(65536, dtype="<u2").view("<f2")
        for b in ["b1", "i1", "u1", "i2", "i4", "u8", "f4", "f8"]:
            d = np.dtype("<" + b)
            sd = {"s": [65536], "p": [0], "x": ":", "all": True}
            r = halves.astype(d)
            emit(op="convert", fmt=[format_of(d), "<e"], src=sd, dst={"s": [65536], "p": [0], "x": ":", "r": 1}, out=b64(r.tobytes()))


def strided_conversion():
    s, d = ordered(rng.choice(list(CODES))), ordered(rng.choice(list(CODES)))
    if s == d:
        return
    list_ = edges(s)
    src, _, sd = view(s, shape(3, 6), data=lambda n: list_[np.array([rng.randrange(len(list_)) for _ in range(n)], int)].tobytes())
    convert(src, sd, d)


def cancast():
    types = [np.dtype(o + c) for c in CODES for o in "<>" if not (o == ">" and c in ("b1", "i1", "u1"))]
    emit(op="cancast", fmt=[format_of(t) for t in types],
         out={c: "".join("01"[np.can_cast(a, b, c)] for a in types for b in types) for c in ("no", "equiv", "safe", "same_kind", "unsafe")})


emit(numpy=np.__version__, python=platform.python_version(), machine=platform.machine())
cancast()
conversions()
for _ in range(count):
    for sort in (take, take, put, put, compress, nonzero, where, putmask, strided_conversion):
        sort()
out.close()
