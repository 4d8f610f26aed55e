/* A peer as README.md describes it, for the tests: one item after another. It refuses 0 axes. */
#include <stdint.h>
#include <string.h>

static void copy(int ndim, const int64_t *shape, char *dst, const int64_t *ds, const char *src, const int64_t *ss, int64_t size) {
	if (ndim == 0) {
		memcpy(dst, src, size);
		return;
	}
	for (int64_t i = 0; i < *shape; i++)
		copy(ndim - 1, shape + 1, dst + i * *ds, ds + 1, src + i * *ss, ss + 1, size);
}

int strided_peer_copy(int ndim, const int64_t *shape, void *dst, const int64_t *dst_strides, const void *src,
                      const int64_t *src_strides, int64_t itemsize) {
	if (ndim == 0)
		return 1;
	copy(ndim, shape, dst, dst_strides, src, src_strides, itemsize);
	return 0;
}
