/* A model of rows: y[n, 8] = relu(x[n, 16] . w + b) for n in 1..64, all numbers small eighths, so that every sum is exact. */
#include "rows.h"
#include "check.h"

static float x[65 * 16], y[64 * 8 + 1];

static float weight(int i, int j) { return (float)((i * 7 + j * 3) % 11 - 5) / 8; }
static float bias(int j) { return (float)(j - 3) / 8; }

int main(int count, char **arguments) {
  rows *model;
  CHECK_CODE(rows, rows_open(count > 1 ? arguments[1] : NULL, &model), 0, "done");
  for (int i = 0; i < 65 * 16; i++) x[i] = (float)(i % 13 - 6) / 8;
  static const int64_t sizes[] = {1, 2, 3, 5, 16, 17, 63, 64};
  for (unsigned s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    rows_dims dims = {.n = sizes[s]};
    struct rows_shapes shapes;
    CHECK(rows_shapes(&dims, &shapes) == 0);
    CHECK(shapes.in_x[0] == dims.n && shapes.in_x[1] == 16 && shapes.out_y[0] == dims.n && shapes.out_y[1] == 8);
    uint64_t bytes = rows_workspace_bytes(&dims);
    CHECK(bytes > 0 && bytes % 64 == 0);
    unsigned char *memory = malloc(bytes + 64 + 63), *workspace = aligned(memory);
    memset(workspace + bytes, 0x5a, 64);
    int64_t y_shape[2] = {0, 0};
    rows_inputs inputs = {.x = {.data = x, .shape = shapes.in_x}};
    rows_outputs outputs = {.y = {.data = y, .shape = y_shape, .capacity = (uint64_t)dims.n * 8 * sizeof *y - 1}};
    for (int i = 0; i < 64 * 8 + 1; i++) y[i] = -1;
    CHECK_CODE(rows, rows_run(model, &inputs, &outputs, workspace, NULL), 6000, "'y'");
    CHECK(outputs.y.capacity == (uint64_t)dims.n * 8 * sizeof *y);
    CHECK_CODE(rows, rows_run(model, &inputs, &outputs, workspace, NULL), 0, "done");
    CHECK(y_shape[0] == dims.n && y_shape[1] == 8);
    for (int64_t i = 0; i < dims.n; i++)
      for (int j = 0; j < 8; j++) {
        float sum = bias(j);
        for (int k = 0; k < 16; k++) sum += x[i * 16 + k] * weight(k, j);
        CHECK(y[i * 8 + j] == (sum > 0 ? sum : 0));
      }
    CHECK(y[dims.n * 8] == -1);
    for (int i = 0; i < 64; i++) CHECK(workspace[bytes + i] == 0x5a);

    rows_dims other = {.n = dims.n + 1};
    const int64_t *given = &other.n;
    CHECK_CODE(rows, rows_invoke(model, &inputs.x, &outputs.y, given, workspace, NULL), 6, "dimensions");
    CHECK(rows_invoke(model, &inputs.x, &outputs.y, &dims.n, workspace, NULL) == 0);
    free(memory);
  }

  static const int64_t wrong[] = {0, -1, 65, INT64_MAX, INT64_MIN};
  for (unsigned s = 0; s < sizeof wrong / sizeof *wrong; s++) {
    rows_dims dims = {.n = wrong[s]};
    struct rows_shapes shapes;
    static unsigned char memory[1 << 16];
    int64_t x_shape[] = {wrong[s], 16}, y_shape[2];
    rows_inputs inputs = {.x = {.data = x, .shape = x_shape}};
    rows_outputs outputs = {.y = {.data = y, .shape = y_shape, .capacity = sizeof y}};
    CHECK_CODE(rows, rows_run(model, &inputs, &outputs, aligned(memory), NULL), 2000, "n in 1..64");
    CHECK_CODE(rows, rows_shapes(&dims, &shapes), 10000, "n in 1..64");
    CHECK(rows_workspace_bytes(&dims) == 0);
  }
  struct rows_shapes shapes;
  CHECK_CODE(rows, rows_shapes(NULL, &shapes), 1, "NULL");
  CHECK(rows_workspace_bytes(NULL) == 0);
  rows_close(model);
  puts("ok");
  return 0;
}
