"""Does copies in NumPy, PyTorch and libraries of the user's, and says how long they took.

Reads one request a line from standard input, a JSON object, and answers each with one line:

    {"libraries": {NAME: PATH}, "peers": [NAME],
     "dst": bytes needed at most, "src": the same}     {"versions": [[NAME, VERSION]]}
    {"case": {...}}                                    {"can": [NAME]}
    {"run": NAME, "n": N, "warm": BOOL}                {"ns": time of all N calls}
    {"check": NAME}                                    {"crc": CRC-32 of the result's items in C order}

or with {"error": TEXT}. A case has "size" (bytes of an item), "shape", "call", and for each of "dst" and "src" the
"bytes" of its memory, the "offset" of the first item and the "strides", all in bytes.
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
    dtype = {1: "u1", 2: "u2", 4: "f4", 8: "f8", 16: "c16"}.get(size, "V%d" % size)
    return numpy.ndarray(case["shape"], dtype, mem, at["offset"], at["strides"])


def torch_view(mem, case, side):
    """The same as a tensor, or None: strides count items there and are never negative."""
    size, at = case["size"], case[side]
    dtype = {1: "uint8", 2: "int16", 4: "float32", 8: "float64", 16: "complex128"}.get(size)
    if dtype is None or any(b < 0 or b % size for b in at["strides"] + [at["offset"]]):
        return None
    whole = torch.from_numpy(mem[: len(mem) // size * size]).view(getattr(torch, dtype))
    return torch.as_strided(whole, case["shape"], [s // size for s in at["strides"]], at["offset"] // size)


def library_call(function, case, dst, src):
    """A call of a user's library, or None if it refuses."""
    ints = lambda v: (ctypes.c_int64 * len(v))(*v)
    call = functools.partial(
        function,
        len(case["shape"]),
        ints(case["shape"]),
        ctypes.c_void_p(dst.ctypes.data + case["dst"]["offset"]),
        ints(case["dst"]["strides"]),
        ctypes.c_void_p(src.ctypes.data + case["src"]["offset"]),
        ints(case["src"]["strides"]),
        case["size"],
    )
    return call if call() == 0 else None


def set_case(case):
    global present, dst_mem
    present = case
    calls.clear()
    src_mem = memories["src"].take(case["src"]["bytes"])
    dst_mem = memories["dst"].take(case["dst"]["bytes"])
    contiguous = case["call"] == "GetContiguous"
    if "numpy" in wanted:
        src, dst = numpy_view(src_mem, case, "src"), numpy_view(dst_mem, case, "dst")
        if contiguous:
            calls["numpy"] = functools.partial(numpy.ascontiguousarray, src)
        else:
            calls["numpy"] = functools.partial(numpy.copyto, dst, src)
    if "torch" in wanted and torch:
        src, dst = torch_view(src_mem, case, "src"), torch_view(dst_mem, case, "dst")
        if src is not None and dst is not None:
            calls["torch"] = src.contiguous if contiguous else functools.partial(dst.copy_, src)
    for name, function in libraries.items():
        call = None if contiguous else library_call(function, case, dst_mem, src_mem)
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
    dst_mem[:] = 0
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
