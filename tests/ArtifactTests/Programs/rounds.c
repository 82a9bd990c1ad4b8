/* A loop asks its host between the kernels of every round, and between rounds: one that would go on for 2^31 rounds stops where it is told to, and what a host hears inside
   is a begin and an end for every kernel of every round. trips rounds of v = softmax(exp(-v)) + x, from v = x; rounds: how many there were. */
#include "rounds.h"
#include "check.h"

enum { MOST = 64 };
typedef struct {
  int begun, ended, asked, stop_at;
  int calls[MOST];
} heard;

static void kernel(void *user, int32_t id, int32_t begin) {
  heard *h = user;
  CHECK(id >= 0 && id < MOST && h->begun == h->ended + !begin);
  if (begin) h->begun++;
  else h->ended++, h->calls[id]++;
}

static int cancelled(void *user) {
  heard *h = user;
  CHECK(h->begun == h->ended && h->asked >= h->begun);
  return h->asked++ == h->stop_at;
}

static rounds *model;
static unsigned char memory[ROUNDS_WORKSPACE_BYTES + 63];
static float y[8];
static int64_t count;

static int32_t run(int64_t trips, lathe_host *host) {
  static float x[8] = {0, 1, 2, 3, 4, 5, 6, 7};
  int64_t x_shape[] = {8}, y_shape[1];
  rounds_inputs inputs = {.trips = {.data = &trips}, .x = {.data = x, .shape = x_shape}};
  rounds_outputs outputs = {.y = {.data = y, .shape = y_shape, .capacity = sizeof y}, .rounds = {.data = &count, .capacity = sizeof count}};
  return rounds_run(model, &inputs, &outputs, aligned(memory), host);
}

int main(void) {
  CHECK(rounds_open(NULL, &model) == 0);
  heard one = {.stop_at = -1}, ten = {.stop_at = -1};
  lathe_host host = {.size = sizeof host, .abi = LATHE_ABI, .user = &one, .cancelled = cancelled, .kernel = kernel};
  CHECK_CODE(rounds, run(1, &host), 0, "done");
  CHECK(count == 1);
  host.user = &ten;
  CHECK_CODE(rounds, run(10, &host), 0, "done");
  CHECK(count == 10);

  /* Each kernel runs as often as before, or once a round. */
  int inside = 0;
  for (int id = 0; id < MOST; id++) {
    CHECK(ten.calls[id] == one.calls[id] || ten.calls[id] == one.calls[id] + 9);
    inside += ten.calls[id] > one.calls[id];
  }
  CHECK(inside > 1 && ten.begun == one.begun + 9 * inside && ten.asked >= ten.begun + 10);

  /* Wherever in a round it is told to. */
  for (int stop = 0; stop < ten.asked; stop++) {
    heard some = {.stop_at = stop};
    host.user = &some;
    CHECK_CODE(rounds, run(10, &host), 5, "cancelled");
    CHECK(some.asked == stop + 1 && some.begun == some.ended && some.begun <= stop);
  }
  heard late = {.stop_at = 100000};
  host.user = &late;
  CHECK_CODE(rounds, run(INT64_C(2147483647), &host), 5, "cancelled");
  CHECK(late.begun == late.ended && late.begun > 50000 && late.begun <= 100000);

  /* What was stopped leaves nothing behind. */
  float ten_rounds[8];
  CHECK_CODE(rounds, run(10, NULL), 0, "done");
  memcpy(ten_rounds, y, sizeof y);
  CHECK_CODE(rounds, run(INT64_C(2147483647), &(lathe_host){.size = sizeof host, .abi = LATHE_ABI, .user = &(heard){.stop_at = 77}, .cancelled = cancelled, .kernel = kernel}), 5, "cancelled");
  CHECK_CODE(rounds, run(10, NULL), 0, "done");
  CHECK(memcmp(ten_rounds, y, sizeof y) == 0 && count == 10);
  rounds_close(model);
  puts("ok");
  return 0;
}
