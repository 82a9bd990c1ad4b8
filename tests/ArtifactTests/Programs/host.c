/* What a host hears and may do: every kernel's begin and end in order, a stop between two kernels, loops in any order.
   The number of kernels, which the contract gives, is the argument. */
#include "digits.h"
#include "check.h"

typedef struct {
  int begun, ended, asked, stop_at;
  int64_t loops, indices;
} heard;

static void kernel(void *user, int32_t id, int32_t begin) {
  heard *h = user;
  CHECK(h->begun == h->ended + !begin);
  CHECK(id == h->ended);
  if (begin) h->begun++;
  else h->ended++;
}

static int cancelled(void *user) {
  heard *h = user;
  CHECK(h->begun == h->ended && h->asked == h->begun);
  return h->asked++ == h->stop_at;
}

static void backwards(void *user, int64_t count, void (*body)(void *, int64_t), void *argument) {
  heard *h = user;
  h->loops++;
  h->indices += count;
  for (int64_t i = count - 1; i >= 0; i--) body(argument, i);
}

int main(int count, char **arguments) {
  static float image[784], scores[10], alone[10];
  static unsigned char memory[DIGITS_WORKSPACE_BYTES + 63];
  int64_t image_shape[] = {1, 1, 28, 28}, scores_shape[2];
  int kernels = count > 1 ? atoi(arguments[1]) : 0;
  CHECK(kernels > 1);
  fill(image, 3);
  digits_inputs inputs = {.Input3 = {.data = image, .shape = image_shape}};
  digits_outputs outputs = {.Plus214_Output_0 = {.data = alone, .shape = scores_shape, .capacity = sizeof alone}};
  digits *model;
  CHECK(digits_open(NULL, &model) == 0);
  CHECK(digits_run(model, &inputs, &outputs, aligned(memory), NULL) == 0);
  outputs.Plus214_Output_0.data = scores;

  heard all = {.stop_at = -1};
  lathe_host host = {.size = sizeof host, .abi = LATHE_ABI, .user = &all, .parallel_for = backwards, .cancelled = cancelled, .kernel = kernel};
  CHECK(digits_run(model, &inputs, &outputs, aligned(memory), &host) == 0);
  CHECK(all.begun == kernels && all.ended == kernels && all.asked == kernels);
  CHECK(all.loops > 0 && all.indices > all.loops);
  CHECK(memcmp(scores, alone, sizeof scores) == 0);

  for (int stop = 0; stop < kernels; stop++) {
    heard some = {.stop_at = stop};
    host.user = &some;
    CHECK_CODE(digits, digits_run(model, &inputs, &outputs, aligned(memory), &host), 5, "cancelled");
    CHECK(some.begun == stop && some.ended == stop);
  }

  lathe_host nothing = {.size = sizeof nothing, .abi = LATHE_ABI};
  memset(scores, 0, sizeof scores);
  CHECK(digits_run(model, &inputs, &outputs, aligned(memory), &nothing) == 0);
  CHECK(memcmp(scores, alone, sizeof scores) == 0);
  digits_close(model);
  puts("ok");
  return 0;
}
