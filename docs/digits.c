/* Prints what a digit classifier thinks of a drawn seven. docs/c.md says how to make digits.h and libdigits.a; then
     cc -O2 digits.c -I out out/libdigits.a -lm && ./a.out */
#include <stdio.h>
#include "digits.h"

int main(void) {
  static float image[28][28], scores[10];
  static unsigned char memory[DIGITS_WORKSPACE_BYTES + 63];
  void *workspace = memory + (0 - (uintptr_t)memory) % 64; /* the first address in it that 64 divides */
  int64_t image_shape[] = {1, 1, 28, 28}, scores_shape[2];

  for (int row = 6; row < 22; row++) /* white is 255: a bar, then a slanted stroke */
    for (int column = row < 9 ? 7 : 20 - row / 2; column < (row < 9 ? 20 : 23 - row / 2); column++) image[row][column] = 255;

  digits_inputs inputs = {.Input3 = {.data = image, .shape = image_shape}};
  digits_outputs outputs = {.Plus214_Output_0 = {.data = scores, .shape = scores_shape, .capacity = sizeof scores}};
  digits *model = NULL;
  int32_t code = digits_open(NULL, &model);
  if (code == 0) code = digits_run(model, &inputs, &outputs, workspace, NULL);
  if (code != 0) {
    fprintf(stderr, "digits: %s\n", digits_error(code));
    return 1;
  }
  for (int digit = 0; digit < 10; digit++) printf("%d %10.4f\n", digit, scores[digit]);
  digits_close(model);
  return 0;
}
