/* Two models in one program, their headers in one file. */
#include "digits.h"
#include "rows.h"
#include "check.h"

int main(void) {
  static float image[784], scores[10], again[10], x[3 * 16], y[3 * 8];
  static unsigned char memory[DIGITS_WORKSPACE_BYTES + 63], small[1 << 16];
  int64_t image_shape[] = {1, 1, 28, 28}, scores_shape[2], x_shape[] = {3, 16}, y_shape[2];
  fill(image, 1);
  for (int i = 0; i < 3 * 16; i++) x[i] = 1;
  digits *first;
  rows *second;
  CHECK(digits_open(NULL, &first) == 0 && rows_open(NULL, &second) == 0);
  digits_inputs inputs = {.Input3 = {.data = image, .shape = image_shape}};
  digits_outputs outputs = {.Plus214_Output_0 = {.data = scores, .shape = scores_shape, .capacity = sizeof scores}};
  rows_inputs row_inputs = {.x = {.data = x, .shape = x_shape}};
  rows_outputs row_outputs = {.y = {.data = y, .shape = y_shape, .capacity = sizeof y}};
  rows_dims dims = {.n = 3};
  CHECK(rows_workspace_bytes(&dims) <= sizeof small - 63);
  CHECK(digits_run(first, &inputs, &outputs, aligned(memory), NULL) == 0);
  CHECK(rows_run(second, &row_inputs, &row_outputs, aligned(small), NULL) == 0);
  outputs.Plus214_Output_0.data = again;
  CHECK(digits_run(first, &inputs, &outputs, aligned(memory), NULL) == 0);
  CHECK(memcmp(scores, again, sizeof scores) == 0);
  for (int j = 0; j < 8; j++) {
    float sum = (float)(j - 3) / 8;
    for (int k = 0; k < 16; k++) sum += (float)((k * 7 + j * 3) % 11 - 5) / 8;
    for (int i = 0; i < 3; i++) CHECK(y[i * 8 + j] == (sum > 0 ? sum : 0));
  }
  CHECK(strstr(digits_contract(), "\"name\": \"digits\"") && strstr(rows_contract(), "\"name\": \"rows\""));
  CHECK(strstr(digits_error(2000), "Input3") && strstr(rows_error(2000), "'x'"));
  digits_close(first);
  rows_close(second);
  puts("ok");
  return 0;
}
