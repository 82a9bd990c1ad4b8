/* Whatever is wrong with a call is a code that names the tensor, and nothing is computed. */
#include "digits.h"
#include "check.h"

static float image[785], scores[11];
static unsigned char memory[DIGITS_WORKSPACE_BYTES + 64 + 63];
static int64_t image_shape[4], scores_shape[2];
static digits_inputs inputs;
static digits_outputs outputs;

static void reset(void) {
  static const int64_t right[] = {1, 1, 28, 28};
  memcpy(image_shape, right, sizeof right);
  inputs = (digits_inputs){.Input3 = {.data = image, .shape = image_shape}};
  outputs = (digits_outputs){.Plus214_Output_0 = {.data = scores, .shape = scores_shape, .capacity = 10 * sizeof *scores}};
}

#define RUN() digits_run(model, &inputs, &outputs, workspace, NULL)
#define REFUSES(expected, piece) \
  do { \
    CHECK_CODE(digits, RUN(), expected, piece); \
    for (int i = 0; i < 11; i++) CHECK(scores[i] == -1); \
    reset(); \
  } while (0)

int main(void) {
  void *workspace = aligned(memory);
  digits *model;
  CHECK_CODE(digits, digits_open(NULL, NULL), 1, "NULL");
  CHECK(digits_open(NULL, &model) == 0);
  for (int i = 0; i < 11; i++) scores[i] = -1;
  reset();

  CHECK_CODE(digits, digits_run(NULL, &inputs, &outputs, workspace, NULL), 1, "NULL");
  CHECK_CODE(digits, digits_run(model, NULL, &outputs, workspace, NULL), 1, "NULL");
  CHECK_CODE(digits, digits_run(model, &inputs, NULL, workspace, NULL), 1, "NULL");
  CHECK_CODE(digits, digits_run(model, &inputs, &outputs, NULL, NULL), 2, "workspace");
  CHECK_CODE(digits, digits_run(model, &inputs, &outputs, (char *)workspace + 32, NULL), 2, "64");
  CHECK_CODE(digits, digits_shapes(NULL, NULL), 1, "NULL");
  CHECK(strcmp(digits_error(12345), "no such code") == 0 && strcmp(digits_error(0), "done") == 0);

  lathe_host old = {.size = 8, .abi = LATHE_ABI}, blank = {.size = sizeof blank};
  CHECK_CODE(digits, digits_run(model, &inputs, &outputs, workspace, &old), 7, "host");
  CHECK_CODE(digits, digits_run(model, &inputs, &outputs, workspace, &blank), 7, "host");

  inputs.Input3.data = NULL;
  REFUSES(1000, "'Input3'");
  inputs.Input3.shape = NULL;
  REFUSES(1000, "'Input3'");
  for (int axis = 0; axis < 4; axis++) {
    image_shape[axis] += 1;
    REFUSES(2000, "'Input3' must have the shape [1, 1, 28, 28]");
    image_shape[axis] = -1;
    REFUSES(2000, "'Input3'");
  }
  int64_t dense[] = {784, 784, 28, 1}, far[] = {784, 784, (int64_t)1 << 45, 1}, farthest[] = {784, 784, INT64_MIN, 1}, one[] = {5, 5, 28, 1};
  inputs.Input3.strides = far;
  REFUSES(3000, "'Input3' has strides");
  inputs.Input3.strides = farthest;
  REFUSES(3000, "'Input3' has strides");
  inputs.Input3.data = (char *)image + 2;
  REFUSES(4000, "'Input3' must be aligned");

  outputs.Plus214_Output_0.shape = NULL;
  REFUSES(5000, "'Plus214_Output_0'");
  outputs.Plus214_Output_0.data = NULL;
  REFUSES(5000, "'Plus214_Output_0'");
  outputs.Plus214_Output_0.capacity = 39;
  CHECK_CODE(digits, RUN(), 6000, "'Plus214_Output_0'");
  CHECK(outputs.Plus214_Output_0.capacity == 40);
  reset();
  int64_t gaps[] = {20, 2}, piled[] = {10, 0};
  outputs.Plus214_Output_0.strides = gaps;
  CHECK_CODE(digits, RUN(), 6000, "'Plus214_Output_0'");
  CHECK(outputs.Plus214_Output_0.capacity == 19 * sizeof *scores);
  reset();
  outputs.Plus214_Output_0.strides = piled;
  REFUSES(7000, "'Plus214_Output_0'");
  outputs.Plus214_Output_0.data = (char *)scores + 1;
  REFUSES(8000, "'Plus214_Output_0' must be aligned");

  /* The strides of a dense tensor are right, an axis of one element may have any; 4 bytes are alignment enough. */
  float first[10];
  CHECK(RUN() == 0 && scores[10] == -1);
  memcpy(first, scores, sizeof first);
  inputs.Input3.strides = dense;
  CHECK(RUN() == 0);
  inputs.Input3.strides = one;
  CHECK(RUN() == 0);
  memmove(image + 1, image, 784 * sizeof *image);
  inputs.Input3.data = image + 1;
  outputs.Plus214_Output_0.data = scores + 1;
  CHECK(RUN() == 0);
  CHECK(memcmp(scores + 1, first, sizeof first) == 0);
  digits_close(model);
  puts("ok");
  return 0;
}
