/* gcc -O2 -fPIC -c softclip.c; lathe compile MODEL --plugin SoftClip.dll --link softclip.o */
#include <math.h>
#include <stdint.h>

/* How many axes x has, then their extents; the same of y. */
static void clip(const float *x, float *y, const int64_t *extents, float limit)
{
  int64_t count = 1;
  for (int64_t axis = 1; axis <= extents[0]; axis++) count *= extents[axis];
  for (int64_t i = 0; i < count; i++) y[i] = x[i] / (1 + fabsf(x[i]) / limit);
}

void softclip_1(const void *const *inputs, void *const *outputs, const int64_t *extents) { clip(inputs[0], outputs[0], extents, 1); }

void softclip_8(const void *const *inputs, void *const *outputs, const int64_t *extents) { clip(inputs[0], outputs[0], extents, 8); }
