"""Does copies in NumPy, PyTorch and libraries of the user's, and says how long they took.

Reads one request a line from standard input, a JSON object, and answers each with one line:

    {"libraries": {NAME: PATH}, "peers": [NAME],
     "dst": bytes needed at most, "src": the same}     {"versions": [[NAME, VERSION]]}
    {"case": {...}}                                    {"can": [NAME]}
    {"run": NAME, "n": N, "warm": BOOL}                {"ns": time of all N calls}
    {"check": NAME}                                    {"crc": CRC-32 of the result's items in C order}

or with {"error": TEXT}. A case has "size" (bytes of an item), "call", "swap" (src has the other byte order), for Take and Put "picks"
([axis, how many indices, items along the axis]), and for each of "dst" and "src" the "bytes" of its memory, the "shape", the
"offset" of the first item and the "strides", all in bytes.
"""

import ctypes
import functools
import itertools
import json
import sys
import time
import zlib

import numpy

torch = None


class Memory:
    """Memory that grows to what the largest case needs, filled with the pattern of memory.go."""

    def __init__(self):
        self.mem = numpy.empty(0, "u1")

    def take(self, n):
        if n > len(self.mem):
            self.mem = None  # the old memory goes first
            mem = numpy.empty(n + 64, "u1")
            skip = -mem.ctypes.data % 64
            mem = mem[skip : skip + n]
            i = numpy.arange(1 << 16)
            block = (131 * i + 17 * (i >> 8)).astype("u1")
            for at in range(0, n, 1 << 16):
                part = mem[at : at + (1 << 16)]
                part[:] = block[: len(part)] + numpy.uint8((29 * (at >> 16) + 53 * (at >> 24)) & 255)
            self.mem = mem
        return self.mem[:n]


memories = {"dst": Memory(), "src": Memory()}
libraries = {}
wanted = []
present = None  # case, and its calls: name of a peer to a function of no arguments
calls = {}
dst_mem = None


def numpy_view(mem, case, side):
    size, at = case["size"], case[side]
    dtype = numpy.dtype({1: "u1", 2: "u2", 4: "f4", 8: "f8", 16: "c16"}.get(size, "V%d" % size))
    if case["swap"] and side == "src":
        dtype = dtype.newbyteorder()
    return numpy.ndarray(at["shape"], dtype, mem, at["offset"], at["strides"])


def torch_view(mem, case, side):
    """The same as a tensor, or None: strides count items there and are never negative."""
    size, at = case["size"], case[side]
    dtype = {1: "uint8", 2: "int16", 4: "float32", 8: "float64", 16: "complex128"}.get(size)
    if dtype is None or any(b < 0 or b % size for b in at["strides"] + [at["offset"]]):
        return None
    whole = torch.from_numpy(mem[: len(mem) // size * size]).view(getattr(torch, dtype))
    return torch.as_strided(whole, at["shape"], [s // size for s in at["strides"]], at["offset"] // size)


def library_call(function, case, dst, src):
    """A call of a user's library, or None if it refuses."""
    ints = lambda v: (ctypes.c_int64 * len(v))(*v)
    call = functools.partial(
        function,
        len(case["dst"]["shape"]),
        ints(case["dst"]["shape"]),
        ctypes.c_void_p(dst.ctypes.data + case["dst"]["offset"]),
        ints(case["dst"]["strides"]),
        ctypes.c_void_p(src.ctypes.data + case["src"]["offset"]),
        ints(case["src"]["strides"]),
        case["size"],
    )
    return call if call() == 0 else None


def indices(n, limit):
    """The numbers of picks.go."""
    x = numpy.arange(n, dtype="u8") * numpy.uint64(0x9E3779B97F4A7C15)
    x = (x ^ x >> numpy.uint64(30)) * numpy.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ x >> numpy.uint64(27)) * numpy.uint64(0x94D049BB133111EB)
    return ((x ^ x >> numpy.uint64(31)) % numpy.uint64(limit)).astype("i8")


def numpy_call(case, dst, src):
    """What NumPy does for a case, as a function of no arguments."""
    if case["call"] == "GetContiguous":
        return functools.partial(numpy.ascontiguousarray, src)
    if "picks" not in case:
        return functools.partial(numpy.copyto, dst, src)
    axis, n, limit = case["picks"]
    at = indices(n, limit)
    if case["call"] == "Take":
        return functools.partial(numpy.take, src, at, axis, dst)
    return functools.partial(dst.__setitem__, (slice(None),) * axis + (at,), src)


def torch_call(case, dst, src):
    if case["call"] == "GetContiguous":
        return src.contiguous
    if "picks" not in case:
        return functools.partial(dst.copy_, src)
    axis, n, limit = case["picks"]
    at = torch.from_numpy(indices(n, limit))
    if case["call"] == "Take":
        return functools.partial(torch.index_select, src, axis, at, out=dst)
    return functools.partial(dst.index_copy_, axis, at, src)


def set_case(case):
    global present, dst_mem
    present = case
    calls.clear()
    src_mem = memories["src"].take(case["src"]["bytes"])
    dst_mem = memories["dst"].take(case["dst"]["bytes"])
    if "numpy" in wanted:
        calls["numpy"] = numpy_call(case, numpy_view(dst_mem, case, "dst"), numpy_view(src_mem, case, "src"))
    if "torch" in wanted and torch and not case["swap"]:
        src, dst = torch_view(src_mem, case, "src"), torch_view(dst_mem, case, "dst")
        if src is not None and dst is not None:
            calls["torch"] = torch_call(case, dst, src)
    if case["call"] in ("Copy", "CopyTo") and not case["swap"]:
        for name, function in libraries.items():
            call = library_call(function, case, dst_mem, src_mem)
            if call:
                calls[name] = call
    return {"can": list(calls)}


def run(name, n, warm):
    call = calls[name]
    if warm:
        call()
    start = time.perf_counter_ns()
    for _ in itertools.repeat(None, n):
        call()
    return {"ns": time.perf_counter_ns() - start}


def check(name):
    dst_mem[:] = 0xA5
    got = calls[name]()
    if present["call"] != "GetContiguous":
        got = numpy_view(dst_mem, present, "dst")
    return {"crc": zlib.crc32(numpy.ascontiguousarray(got))}


def start(request):
    global torch
    wanted.extend(request["peers"])
    for side in memories:
        memories[side].take(request[side])
    versions = []
    if "numpy" in wanted:
        versions.append(["numpy", numpy.__version__])
    if "torch" in wanted:
        try:
            import torch
            torch.set_num_threads(1)
            versions.append(["torch", torch.__version__])
        except ImportError:
            pass
    for name, path in request["libraries"].items():
        function = ctypes.CDLL(path).strided_peer_copy
        pointer = ctypes.POINTER(ctypes.c_int64)
        function.argtypes = [ctypes.c_int, pointer, ctypes.c_void_p, pointer, ctypes.c_void_p, pointer, ctypes.c_int64]
        function.restype = ctypes.c_int
        libraries[name] = function
        versions.append([name, path])
    return {"versions": versions}


def answer(request):
    if "case" in request:
        return set_case(request["case"])
    if "run" in request:
        return run(request["run"], request["n"], request["warm"])
    if "check" in request:
        return check(request["check"])
    return start(request)


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as e:
        reply = {"error": "%s: %s" % (type(e).__name__, e)}
    print(json.dumps(reply), flush=True)
