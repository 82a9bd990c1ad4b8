/* Prints the level of code that this processor runs, then the scores of a ramp; or the code and its text where it runs none. */
#include "digits.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
  digits *model;
  int32_t code = digits_open(NULL, &model);
  if (code != 0) {
    printf("%d %s\n", code, digits_error(code));
    return 0;
  }
  const char *cpu = strstr(digits_contract(), "\"cpu\": \"") + 8;
  printf("%.*s\n", (int)(strchr(cpu, '"') - cpu), cpu);
  static float image[28 * 28], scores[10];
  for (int i = 0; i < 28 * 28; i++) image[i] = (float)(i % 256);
  int64_t in[4] = {1, 1, 28, 28}, out[2];
  digits_inputs inputs;
  digits_outputs outputs;
  memset(&inputs, 0, sizeof inputs);
  memset(&outputs, 0, sizeof outputs);
  ((lathe_tensor *)&inputs)->data = image;
  ((lathe_tensor *)&inputs)->shape = in;
  ((lathe_tensor *)&outputs)->data = scores;
  ((lathe_tensor *)&outputs)->shape = out;
  ((lathe_tensor *)&outputs)->capacity = sizeof scores;
  uint64_t bytes = digits_workspace_bytes(NULL);
  void *workspace = NULL;
  if (bytes > DIGITS_WORKSPACE_BYTES || posix_memalign(&workspace, 64, bytes) != 0) return 1;
  code = digits_run(model, &inputs, &outputs, workspace, NULL);
  if (code != 0) return 2;
  for (int i = 0; i < 10; i++) printf("%.9g\n", scores[i]);
  free(workspace);
  digits_close(model);
  return 0;
}
