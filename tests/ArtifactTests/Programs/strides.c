/* A decoder's step: present[2, p + t, 4] = past[2, p, 4] then x[2, t, 4]; scores[2, t, p + t] = x . present^T; next = state / 2 + step; columns = image turned.
   Strides are read and written wherever a caller has them; a cache grows and a state changes in place; what cannot be is a code. Numbers are small
   eighths, so that every sum is exact. */
#include "cache.h"
#include "check.h"

enum { ROOM = 64, GAP = 3 };

static cache *model;
static void *workspace;
static float past[2 * ROOM * 4], x[2 * 16 * 4], state[8], step[8];
static unsigned char image[15];
static float present[2 * ROOM * 4], scores[2 * 16 * ROOM], next[8];
static unsigned char columns[15];
static int64_t past_shape[3], x_shape[3], state_shape[] = {2, 4}, step_shape[] = {2, 4}, image_shape[] = {3, 5};
static int64_t present_shape[3], scores_shape[3], next_shape[2], columns_shape[2];
static cache_inputs inputs;
static cache_outputs outputs;

static float number(int i) { return (float)((i * 7) % 17 - 8) / 8; }

/* Dense tensors of these extents, the outputs full of something else. */
static void reset(int64_t p, int64_t t) {
  int64_t of_past[] = {2, p, 4}, of_x[] = {2, t, 4};
  memcpy(past_shape, of_past, sizeof of_past), memcpy(x_shape, of_x, sizeof of_x);
  for (int i = 0; i < 2 * ROOM * 4; i++) past[i] = number(i), present[i] = -99;
  for (int i = 0; i < 2 * 16 * 4; i++) x[i] = number(3 * i + 1);
  for (int i = 0; i < 8; i++) state[i] = number(i + 2), step[i] = number(2 * i), next[i] = -99;
  for (int i = 0; i < 15; i++) image[i] = (unsigned char)(i * 11), columns[i] = 255;
  for (int i = 0; i < 2 * 16 * ROOM; i++) scores[i] = -99;
  inputs = (cache_inputs){{past, past_shape, NULL, 0}, {x, x_shape, NULL, 0}, {state, state_shape, NULL, 0}, {step, step_shape, NULL, 0}, {image, image_shape, NULL, 0}};
  outputs = (cache_outputs){{present, present_shape, NULL, sizeof present}, {scores, scores_shape, NULL, sizeof scores}, {next, next_shape, NULL, sizeof next}, {columns, columns_shape, NULL, sizeof columns}};
}

#define RUN() cache_run(model, &inputs, &outputs, workspace, NULL)

/* A number of a tensor, wherever its strides say. */
#define AT3(base, tensor, a, b, c, d1, d2) (base)[(tensor).strides ? (a) * (tensor).strides[0] + (b) * (tensor).strides[1] + (c) * (tensor).strides[2] : ((a) * (d1) + (b)) * (d2) + (c)]
#define AT2(base, tensor, a, b, d1) (base)[(tensor).strides ? (a) * (tensor).strides[0] + (b) * (tensor).strides[1] : (a) * (d1) + (b)]

/* Runs, and looks at every number of every output; `before` is what past held, dense in its own extents. */
static void check(int64_t p, int64_t t, const float *before, const float *was) {
  int32_t code = RUN();
  CHECK_CODE(cache, code, 0, "done");
  CHECK(present_shape[1] == p + t && scores_shape[1] == t && scores_shape[2] == p + t);
  const float *xs = inputs.x.data, *steps = inputs.step.data, *presents = outputs.present.data, *all = outputs.scores.data, *nexts = outputs.next.data;
  const unsigned char *pixels = inputs.image.data, *turned = outputs.columns.data;
  for (int a = 0; a < 2; a++)
    for (int64_t row = 0; row < p + t; row++)
      for (int c = 0; c < 4; c++) {
        float wanted = row < p ? before[(a * p + row) * 4 + c] : AT3(xs, inputs.x, a, row - p, c, t, 4);
        CHECK(AT3(presents, outputs.present, a, row, c, p + t, 4) == wanted);
      }
  for (int a = 0; a < 2; a++)
    for (int64_t i = 0; i < t; i++)
      for (int64_t j = 0; j < p + t; j++) {
        float sum = 0;
        for (int c = 0; c < 4; c++) sum += AT3(xs, inputs.x, a, i, c, t, 4) * AT3(presents, outputs.present, a, j, c, p + t, 4);
        CHECK(AT3(all, outputs.scores, a, i, j, t, p + t) == sum);
      }
  for (int a = 0; a < 2; a++)
    for (int c = 0; c < 4; c++) CHECK(AT2(nexts, outputs.next, a, c, 4) == was[a * 4 + c] / 2 + AT2(steps, inputs.step, a, c, 4));
  for (int a = 0; a < 5; a++)
    for (int c = 0; c < 3; c++) CHECK(AT2(turned, outputs.columns, a, c, 3) == AT2(pixels, inputs.image, c, a, 5));
}

/* What past and state hold, dense. */
static float held[2 * ROOM * 4], was[8];
static void remember(int64_t p) {
  const float *pasts = inputs.past.data, *states = inputs.state.data;
  for (int a = 0; a < 2; a++)
    for (int64_t row = 0; row < p; row++)
      for (int c = 0; c < 4; c++) held[(a * p + row) * 4 + c] = AT3(pasts, inputs.past, a, row, c, p, 4);
  for (int a = 0; a < 2; a++)
    for (int c = 0; c < 4; c++) was[a * 4 + c] = AT2(states, inputs.state, a, c, 4);
}

int main(void) {
  cache_dims most = {.p = 64, .t = 16};
  uint64_t bytes = cache_workspace_bytes(&most);
  workspace = aligned(malloc(bytes + 63));
  CHECK(cache_open(NULL, &model) == 0);

  for (int64_t p = 1; p <= 17; p += 4)
    for (int64_t t = 1; t <= 9; t += 4) {
      reset(p, t), remember(p), check(p, t, held, was);

      /* Inputs with gaps, turned around, backwards and repeated. */
      static float wide[2 * 80 * 8];
      for (int i = 0; i < 2 * 80 * 8; i++) wide[i] = number(5 * i);
      const int64_t gaps[] = {80 * 8, 8, 1}, apart[] = {1, 16, 4}, back[] = {-(t * 4), -4, 1}, mirrored[] = {-1, 3}, again[] = {0, 1};
      reset(p, t), inputs.past.data = wide, inputs.past.strides = gaps, remember(p), check(p, t, held, was);
      reset(p, t), inputs.past.data = wide, inputs.past.strides = apart, remember(p), check(p, t, held, was);
      reset(p, t), inputs.x.data = x + 2 * t * 4 - 4, inputs.x.strides = back, remember(p), check(p, t, held, was);
      reset(p, t), inputs.image.data = image + 2, inputs.image.strides = mirrored, remember(p), check(p, t, held, was);
      reset(p, t), inputs.step.strides = again, inputs.state.strides = again, remember(p), check(p, t, held, was);

      /* Outputs with gaps, which stay as they are, and turned around. */
      const int64_t padded[] = {t * (p + t + GAP), p + t + GAP, 1}, flipped[] = {1, 5}, loose[] = {8, 2};
      reset(p, t), outputs.scores.strides = padded, outputs.columns.strides = flipped, remember(p), check(p, t, held, was);
      for (int a = 0; a < 2 * t; a++)
        for (int g = 0; g < GAP; g++) CHECK(scores[a * (p + t + GAP) + p + t + g] == -99);
      float spread[16];
      for (int i = 0; i < 16; i++) spread[i] = -99;
      reset(p, t), outputs.next.data = spread, outputs.next.capacity = sizeof spread, outputs.next.strides = loose, remember(p), check(p, t, held, was);
      for (int i = 1; i < 16; i += 2) CHECK(spread[i] == -99);
    }

  /* A cache that grows in place, step by step; the state is written where it was read. What lies behind the cache stays. */
  static float room[2 * ROOM * 4];
  const int64_t in_room[] = {ROOM * 4, 4, 1};
  for (int i = 0; i < 2 * ROOM * 4; i++) room[i] = -99;
  reset(1, 1);
  memcpy(room, past, 4 * sizeof *room), memcpy(room + ROOM * 4, past + 4, 4 * sizeof *room);
  for (int64_t p = 1, t = 1; p + t < ROOM; p += t, t = t % 5 + 1) {
    past_shape[1] = p, x_shape[1] = t;
    for (int i = 0; i < 2 * 16 * 4; i++) x[i] = number(i + (int)p);
    inputs.past = (lathe_tensor){room, past_shape, in_room, 0};
    outputs.present = (lathe_tensor){room, present_shape, in_room, sizeof room};
    outputs.next.data = state;
    remember(p), check(p, t, held, was);
    for (int a = 0; a < 2; a++)
      for (int64_t i = (p + t) * 4; i < ROOM * 4; i++) CHECK(room[a * ROOM * 4 + i] == -99);
  }

  /* What cannot be. */
  const int64_t piled[] = {0, 4, 1}, close[] = {16, 3, 1};
  reset(5, 2), outputs.present.strides = piled; CHECK_CODE(cache, RUN(), 7000, "'present'");
  reset(5, 2), outputs.present.strides = close; CHECK_CODE(cache, RUN(), 7000, "'present'");
  reset(5, 2), outputs.present.data = past; CHECK_CODE(cache, RUN(), 11000, "'present'"); /* dense, rows of the second half would move */
  reset(5, 2), inputs.past.strides = in_room, outputs.present.strides = in_room, outputs.present.data = past + 4, outputs.present.capacity = sizeof past - 16; CHECK_CODE(cache, RUN(), 11000, "'present'");
  reset(5, 2), outputs.scores.data = x; CHECK_CODE(cache, RUN(), 11001, "'scores'");
  reset(5, 2), outputs.next.data = scores; CHECK_CODE(cache, RUN(), 11002, "'next'");
  reset(5, 2), outputs.columns.data = image; CHECK_CODE(cache, RUN(), 11003, "'columns'");
  reset(5, 2), outputs.present.strides = in_room, outputs.present.capacity = 2 * 7 * 4 * sizeof(float); CHECK_CODE(cache, RUN(), 6000, "'present'");
  CHECK(outputs.present.capacity == (ROOM * 4 + 7 * 4) * sizeof(float));
  for (int i = 0; i < 8; i++) CHECK(next[i] == -99);
  cache_close(model);
  puts("ok");
  return 0;
}
