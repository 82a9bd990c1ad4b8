/* Tensors without elements have no memory: y[n, 4] = relu(x[n, 3] . w), total[1, 3] = the sum of x's rows, found[2, k] = where x is not 0; n from 0. */
#include "empty.h"
#include "check.h"

int main(void) {
  empty *model;
  CHECK_CODE(empty, empty_open(NULL, &model), 0, "done");
  static float x[2 * 3] = {1, 0, 2, 0, 0, 3}, y[2 * 4], total[3] = {5, 5, 5};
  static int64_t found[2 * 6];
  for (int64_t n = 0; n <= 2; n += 2) {
    empty_dims dims = {.n = n};
    uint64_t bytes = empty_workspace_bytes(&dims);
    unsigned char *memory = malloc(bytes + 63);
    int64_t x_shape[] = {n, 3}, y_shape[2] = {-1, -1}, total_shape[2], found_shape[2];
    empty_inputs inputs = {.x = {.data = n ? x : NULL, .shape = x_shape}};
    empty_outputs outputs = {
        .y = {.data = n ? y : NULL, .shape = y_shape, .capacity = n ? sizeof y : 0},
        .total = {.data = total, .shape = total_shape, .capacity = sizeof total},
        .found = {.data = n ? found : NULL, .shape = found_shape, .capacity = n ? sizeof found : 0}};
    CHECK_CODE(empty, empty_run(model, &inputs, &outputs, aligned(memory), NULL), 0, "done");
    CHECK(y_shape[0] == n && y_shape[1] == 4 && found_shape[0] == 2 && found_shape[1] == (n ? 3 : 0));
    CHECK(total[0] == (n ? 1 : 0) && total[1] == 0 && total[2] == (n ? 5 : 0));
    if (n) {
      /* With elements a pointer is needed, and named where it is missing. */
      inputs.x.data = NULL;
      CHECK_CODE(empty, empty_run(model, &inputs, &outputs, aligned(memory), NULL), 1000, "'x'");
      inputs.x.data = x;
      outputs.y.data = NULL;
      CHECK_CODE(empty, empty_run(model, &inputs, &outputs, aligned(memory), NULL), 5000, "'y'");
      outputs.y.data = y;
      outputs.found.data = NULL;
      CHECK_CODE(empty, empty_run(model, &inputs, &outputs, aligned(memory), NULL), 5002, "'found'");
      outputs.found.capacity = 0;
      CHECK_CODE(empty, empty_run(model, &inputs, &outputs, aligned(memory), NULL), 6002, "'found'");
      CHECK(outputs.found.capacity == 2 * 3 * sizeof *found);
    }
    free(memory);
  }
  empty_close(model);
  puts("ok");
  return 0;
}
