/* A run touches no heap: malloc and its kin are ours here, and count. */
#include "digits.h"
#include "check.h"

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

static long calls;

void *malloc(size_t bytes) { calls++; return __libc_malloc(bytes); }
void *calloc(size_t count, size_t bytes) { calls++; return __libc_calloc(count, bytes); }
void *realloc(void *old, size_t bytes) { calls++; return __libc_realloc(old, bytes); }
void *memalign(size_t alignment, size_t bytes) { calls++; return __libc_memalign(alignment, bytes); }
void *aligned_alloc(size_t alignment, size_t bytes) { calls++; return __libc_memalign(alignment, bytes); }
void free(void *memory) { calls++; __libc_free(memory); }

int main(void) {
  static float image[784], scores[10];
  static unsigned char memory[DIGITS_WORKSPACE_BYTES + 63];
  int64_t image_shape[] = {1, 1, 28, 28}, scores_shape[2];
  digits_inputs inputs = {.Input3 = {.data = image, .shape = image_shape}};
  digits_outputs outputs = {.Plus214_Output_0 = {.data = scores, .shape = scores_shape, .capacity = sizeof scores}};
  digits *model;
  CHECK(digits_open(NULL, &model) == 0);

  void *volatile block = malloc(10);
  free(block);
  CHECK(calls >= 2);

  calls = 0;
  for (int i = 0; i < 3; i++) {
    fill(image, i);
    CHECK(digits_run(model, &inputs, &outputs, aligned(memory), NULL) == 0);
  }
  CHECK(calls == 0);
  digits_close(model);
  puts("ok");
  return 0;
}
