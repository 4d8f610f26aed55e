#!/usr/bin/env python3
"""Writes the recorded files of package npy's tests, with NumPy.

Run in this folder: python3 gen.py
Writes
  recorded.zip    <name>.npy, one array each as numpy.save writes it (or write_array, for a version), and cases.json:
                  {"numpy", "python", "machine", "cases": [{"name", "version", "descr", "fortran", "shape", "itemsize",
                  "c": the items in C order, in hexadecimal}]}
  stored.npz      numpy.savez of a few of them
  deflated.npz    numpy.savez_compressed of the same
The files in the repository were written by NumPy 1.24.2, CPython 3.11.2, on x86-64 Linux.
"""

import io
import json
import platform
import sys
import warnings
import zipfile

import numpy as np

warnings.simplefilter("ignore")
rng = np.random.default_rng(20240229)
files, cases = {}, []


def add(name, a, version=None):
    """Records array a."""
    b = io.BytesIO()
    if version is None:
        np.save(b, a, allow_pickle=False)
    else:
        np.lib.format.write_array(b, a, version=version, allow_pickle=False)
    data = b.getvalue()
    files[name] = data
    cases.append({
        "name": name,
        "version": data[6],
        "descr": repr(np.lib.format.dtype_to_descr(a.dtype)),
        "fortran": bool(a.flags.f_contiguous and not a.flags.c_contiguous),
        "shape": list(a.shape),
        "itemsize": a.dtype.itemsize,
        "c": a.tobytes("C").hex(),
    })


def fill(dtype, shape):
    """An array of random bytes that are values of dtype."""
    dtype = np.dtype(dtype)
    n = int(np.prod(shape))
    if dtype.kind == "b":
        return rng.integers(0, 2, n).astype(dtype).reshape(shape)
    if dtype.kind in "fc":
        v = rng.standard_normal(n)
        if dtype.kind == "c":
            v = v + 1j * rng.standard_normal(n)
        return v.astype(dtype).reshape(shape)
    if dtype.kind == "U":
        words = ["", "a", "né", "日本", "\U0001f400x"]
        return np.array([words[k % len(words)] for k in range(n)], dtype).reshape(shape)
    return np.frombuffer(rng.bytes(n * dtype.itemsize), dtype).reshape(shape).copy()


codes = ["b1"] + [k + s for s in "1248" for k in "iu"] + ["f2", "f4", "f8", "f16", "c8", "c16", "c32",
         "S1", "S7", "U1", "U5", "V1", "V6", "M8[ns]", "M8[D]", "M8", "m8[25s]", "m8"]
for code in codes:
    for order in "<>":
        dt = np.dtype(order + code)
        if order == ">" and dt.byteorder == "|":
            continue
        tag = ("be_" if order == ">" else "") + code.replace("[", "_").replace("]", "")
        a = fill(dt, (3, 4))
        add(tag + "_c", a)
        add(tag + "_f", np.asfortranarray(a))
add("scalar_f8", np.array(1.5))
add("scalar_be_i4", np.array(7, ">i4"))
add("scalar_c16", np.array(1 - 2j))
add("scalar_S3", np.array(b"abc"))
add("scalar_struct", np.array((1, 2.5), [("a", "<i2"), ("b", "<f8")]))
add("empty_0", np.zeros(0, "<f4"))
add("empty_0x3", np.zeros((0, 3), "<i8"))
add("empty_3x0_f", np.zeros((3, 0), "<i8", order="F"))
add("empty_2x0x5", np.zeros((2, 0, 5), "?"))
add("zero_V0", np.zeros((2, 3), "V0"))
add("one_1x1x1", np.full((1, 1, 1), 3, "<u2"))
add("long_1d", np.arange(1000, dtype="<i2"))
add("f_3d", np.asfortranarray(fill("<i4", (2, 3, 4))))
add("f_1xn", np.asfortranarray(fill("<i4", (1, 5))))
add("f_32d", np.asfortranarray(fill("<u1", (2,) + (1,) * 30 + (3,))))
add("gaps", fill("<f8", (6, 8))[::2, ::-3])
add("transposed_3d", fill("<i2", (2, 3, 4)).transpose(1, 2, 0))
add("broadcast", np.broadcast_to(np.arange(3, dtype="<u4"), (4, 3)))

structs = {
    "simple": [("a", "<i4"), ("b", "<f8")],
    "big": [("a", ">i4"), ("b", ">f8"), ("c", "<u2")],
    "sub": [("m", "<f4", (2, 3)), ("v", ">i2", (4,)), ("x", "u1")],
    "nested": [("p", [("x", "<f4"), ("y", "<f4")]), ("q", [("r", [("s", ">u2", (2,))]), ("t", "S3")], (2,)), ("n", "?")],
    "offsets": {"names": ["a", "b"], "formats": ["u1", "<f8"], "offsets": [1, 8], "itemsize": 24},
    "texts": [("name", "U4"), ("raw", "S5"), ("void", "V3"), ("h", "<f2"), ("z", "<c8")],
    "times": [("when", "<M8[us]"), ("took", ">m8[7ms]", (2,)), ("n", "<i8")],
    "titles": [(("A title", "a"), "<i4"), (("It's \"another\"", "b"), "<f4")],
    "latin": [("größe", "<f8"), ("naïve", "<i4")],
    "utf8": [("温度", "<f8"), ("Δt", "<i4")],
    "quotes": [("it's", "<i2"), ('say "hi"', "<i2"), ("back\\slash", "<i2"), ("a'b\"c", "<i2"), ("tab\tnl\n", "<i2")],
    "spaces": [(" a b ", "<i2"), ("x.y-z", "<i2")],
    "wide": [("f%d" % k, "<f4") for k in range(60)],
}
for name, dt in structs.items():
    dt = np.dtype(dt)
    if name in ("texts", "nested", "times"):
        a = np.zeros((3, 2), dt)
        for k in range(3):
            for i in range(2):
                if name == "texts":
                    a[k, i] = ("né%d%d" % (k, i), b"r%d" % k, b"v\0%d" % i, k + i / 2, k - 1j * i)
                elif name == "nested":
                    a[k, i] = ((k, i), [(((k, 9),), b"ab"), (((7, i),), b"c")], k == i)
                else:
                    a[k, i] = (k * 1000 + i, [k, -i], -k)
    else:
        a = fill(dt, (3, 2)) if name != "wide" else fill(dt, (2,))
    add("struct_" + name + "_c", a)
    add("struct_" + name + "_f", np.asfortranarray(a))
add("struct_aligned", np.zeros(3, np.dtype([("a", "u1"), ("b", "<f8"), ("c", "u1")], align=True)))
add("struct_empty", np.zeros(0, structs["nested"]))
add("version_2", fill("<f8", (2, 2)), (2, 0))
add("version_3", fill("<f8", (2, 2)), (3, 0))
add("version_2_long", np.zeros(1, [("a_rather_long_name_number_%d" % k, "u1") for k in range(1700)]))

with zipfile.ZipFile("recorded.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
    def put(name, data):
        z.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    put("cases.json", json.dumps({"numpy": np.__version__, "python": platform.python_version(),
                                  "machine": platform.machine(), "cases": cases}, indent=0, ensure_ascii=False))
    for name, data in files.items():
        put(name + ".npy", data)

some = {"a": np.arange(6, dtype="<f8").reshape(2, 3), "be": np.arange(4, dtype=">i2"),
        "f": np.asfortranarray(fill("<f4", (3, 5))), "s": np.array((1, 2.5), [("a", "<i2"), ("b", "<f8")]),
        "none": np.zeros(0), "größe": np.array(1.5)}
np.savez("stored.npz", **some)
np.savez_compressed("deflated.npz", **some)
print(len(cases), "cases, NumPy", np.__version__, "Python", sys.version.split()[0])
