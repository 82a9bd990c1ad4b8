/* The built-in pool: prints how many threads this process had after a run with a NULL host, then the bits of the scores. */
#include <dirent.h>
#include "pooled.h"
#include "check.h"

static int threads(void) {
  DIR *folder = opendir("/proc/self/task");
  int count = 0;
  CHECK(folder);
  for (struct dirent *entry; (entry = readdir(folder));) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

int main(void) {
  static float image[784], scores[10], again[10];
  static unsigned char memory[POOLED_WORKSPACE_BYTES + 63];
  int64_t image_shape[] = {1, 1, 28, 28}, scores_shape[2];
  fill(image, 5);
  pooled_inputs inputs = {.Input3 = {.data = image, .shape = image_shape}};
  pooled_outputs outputs = {.Plus214_Output_0 = {.data = scores, .shape = scores_shape, .capacity = sizeof scores}};
  pooled *model;
  CHECK(pooled_open(NULL, &model) == 0 && threads() == 1);

  /* A host without parallel_for asks for the calling thread, pool or not. */
  lathe_host host = {.size = sizeof host, .abi = LATHE_ABI};
  CHECK(pooled_run(model, &inputs, &outputs, aligned(memory), &host) == 0 && threads() == 1);

  outputs.Plus214_Output_0.data = again;
  for (int i = 0; i < 100; i++) {
    memset(again, 0, sizeof again);
    CHECK(pooled_run(model, &inputs, &outputs, aligned(memory), NULL) == 0);
    CHECK(memcmp(scores, again, sizeof scores) == 0);
  }
  printf("%d", threads());
  for (int i = 0; i < 10; i++) {
    uint32_t bits;
    memcpy(&bits, &scores[i], sizeof bits);
    printf(" %08x", (unsigned)bits);
  }
  printf("\n");
  pooled_close(model);
  return 0;
}
