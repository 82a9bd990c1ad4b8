/* Names that C does not allow, tensors without axes and of several types, an input handed on as it is, a constant handed out. */
#include "odd.h"
#include "check.h"

int main(void) {
  static unsigned char memory[(1 << 16) + 63];
  odd *model;
  CHECK(odd_open(NULL, &model) == 0);
  CHECK(odd_workspace_bytes(NULL) <= (1 << 16));
  float scale = 2.5f, twice = 0, constant[2] = {0, 0};
  int64_t ids[3] = {-3, INT64_MAX, 7}, sums[3] = {0, 0, 0}, same[3] = {0, 0, 0}, three[] = {3}, sums_shape[1], same_shape[1], constant_shape[1];
  odd_inputs inputs = {.int_ = {.data = &scale}, .my_ids_0 = {.data = ids, .shape = three}};
  odd_outputs outputs = {
    .double_ = {.data = &twice, .capacity = sizeof twice},
    ._0sum = {.data = sums, .shape = sums_shape, .capacity = sizeof sums},
    .same = {.data = same, .shape = same_shape, .capacity = sizeof same},
    .constant = {.data = constant, .shape = constant_shape, .capacity = sizeof constant}};
  CHECK_CODE(odd, odd_run(model, &inputs, &outputs, aligned(memory), NULL), 0, "done");
  CHECK(twice == 5.0f);
  CHECK(sums[0] == -2 && sums[1] == INT64_MIN && sums[2] == 8 && sums_shape[0] == 3);
  CHECK(memcmp(ids, same, sizeof ids) == 0 && same_shape[0] == 3);
  CHECK(constant[0] == 0.5f && constant[1] == -1 && constant_shape[0] == 2);
  inputs.my_ids_0.data = NULL;
  CHECK_CODE(odd, odd_run(model, &inputs, &outputs, aligned(memory), NULL), 1001, "'my ids:0'");
  odd_close(model);
  puts("ok");
  return 0;
}
