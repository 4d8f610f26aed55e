"""Makes raccoon.npy from the photograph that SciPy calls face.

Needs python3-numpy and python3-scipy (made with NumPy 1.24.2 and SciPy 1.10.1,
which still carries the picture: later versions download it):

    python3 gen.py

Each pixel is the mean of the rectangle of the original that it covers, so the
result does not depend on any image library.
"""

import warnings

import numpy as np

HEIGHT, WIDTH = 320, 426  # the largest at this shape whose file stays under 400 KiB


def shrink(a, n):
    """Area-averages axis 0 of a to n items."""
    total = np.zeros((a.shape[0] + 1,) + a.shape[1:])
    np.cumsum(a, axis=0, out=total[1:])
    edge = np.arange(n + 1) * (a.shape[0] / n)
    low = np.minimum(edge.astype(int), a.shape[0] - 1)
    part = (edge - low).reshape((-1,) + (1,) * (a.ndim - 1))
    at = total[low] + part * (total[low + 1] - total[low])
    return np.diff(at, axis=0) / (a.shape[0] / n)


def main():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from scipy.misc import face
        photo = face().astype(float)
    small = shrink(photo, HEIGHT)
    small = shrink(small.transpose(1, 0, 2), WIDTH).transpose(1, 0, 2)
    np.save("raccoon.npy", np.ascontiguousarray(np.rint(small).clip(0, 255).astype(np.uint8)))


main()
