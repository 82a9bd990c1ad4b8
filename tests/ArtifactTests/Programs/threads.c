/* Eight threads run one model at once, each on images of its own: as if each had run alone. */
#include <pthread.h>
#include "digits.h"
#include "check.h"

enum { THREADS = 8, RUNS = 50 };
static const digits *model;
static float alone[THREADS][10];

static void run(int image_number, float *scores, unsigned char *memory) {
  float image[784];
  int64_t image_shape[] = {1, 1, 28, 28}, scores_shape[2];
  fill(image, image_number);
  digits_inputs inputs = {.Input3 = {.data = image, .shape = image_shape}};
  digits_outputs outputs = {.Plus214_Output_0 = {.data = scores, .shape = scores_shape, .capacity = 10 * sizeof *scores}};
  CHECK(digits_run(model, &inputs, &outputs, aligned(memory), NULL) == 0);
  CHECK(scores_shape[0] == 1 && scores_shape[1] == 10);
}

static void *many(void *number) {
  int first = *(int *)number;
  unsigned char *memory = malloc(DIGITS_WORKSPACE_BYTES + 63);
  for (int i = 0; i < RUNS; i++) {
    float scores[10];
    int which = (first + i) % THREADS;
    run(which, scores, memory);
    CHECK(memcmp(scores, alone[which], sizeof scores) == 0);
  }
  free(memory);
  return NULL;
}

int main(void) {
  static unsigned char memory[DIGITS_WORKSPACE_BYTES + 63];
  pthread_t threads[THREADS];
  int numbers[THREADS];
  digits *opened;
  CHECK(digits_open(NULL, &opened) == 0);
  model = opened;
  for (int i = 0; i < THREADS; i++) run(i, alone[i], memory);
  CHECK(memcmp(alone[0], alone[1], sizeof alone[0]) != 0);
  for (int i = 0; i < THREADS; i++) {
    numbers[i] = i;
    CHECK(pthread_create(&threads[i], NULL, many, &numbers[i]) == 0);
  }
  for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
  digits_close(opened);
  puts("ok");
  return 0;
}
