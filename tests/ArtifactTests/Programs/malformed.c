/* Ten thousand calls with something wrong in each, from a seed: every one ends with a code that has words, and touches nothing it must not.
   Tensors and the workspace end where memory ends, so that a step beyond stops the program; the program itself runs under the sanitizers. */
#define _GNU_SOURCE
#include "any_model.h"
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CALLS = 10000, MOST_DIMS = DIMS + 1 };

/* One call's arguments, made anew for each. */
typedef struct {
  const m *model;
  lathe_tensor tensors[TENSORS + 1];
  int64_t shapes[TENSORS + 1][MOST_RANK], strides[TENSORS + 1][MOST_RANK], dims[MOST_DIMS];
  lathe_tensor *inputs, *outputs;
  const int64_t *given;
  unsigned char *workspace;
  lathe_host host, *services;
} call;

static given_run run;
static unsigned char *workspace, *memory[TENSORS + 1];
static uint64_t state = 12;

/* splitmix64: Steele, Lea and Flood 2014. */
static uint64_t next(void) {
  uint64_t z = state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

static uint64_t below(uint64_t n) { return n ? next() % n : 0; }

/* So many bytes right before a page that cannot be touched. */
static unsigned char *guarded(uint64_t bytes) {
  uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), whole = (bytes + page - 1) / page * page;
  unsigned char *start = mmap(NULL, whole + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NEED(start != MAP_FAILED);
  NEED(mprotect(start + whole, page, PROT_NONE) == 0);
  return start + (whole - bytes);
}

static int cancel(void *user) {
  (void)user;
  return 1;
}

static void reset(call *c) {
  memset(c, 0, sizeof *c);
  c->model = run.model;
  memcpy(c->shapes, run.shapes, sizeof c->shapes);
  for (int t = 0; t < TENSORS; t++) c->tensors[t] = (lathe_tensor){.data = memory[t], .shape = c->shapes[t], .strides = NULL, .capacity = run.bytes[t]};
  for (int d = 0; d < DIMS; d++) c->dims[d] = given_dims[d];
  c->inputs = c->tensors;
  c->outputs = c->tensors + INPUTS;
  c->workspace = workspace;
  c->host = (lathe_host){.size = sizeof c->host, .abi = LATHE_ABI};
}

static bool is_wide(int t) { return given_bits[t] >= 16 && run.bytes[t] > 0; }

/* An axis of a tensor that has more than one place; -1 where there is none. */
static int long_axis(int t) {
  for (int tries = 0; given_ranks[t] > 0 && tries < 8; tries++) {
    int axis = (int)below((uint64_t)given_ranks[t]);
    if (run.bytes[t] > 0 && run.shapes[t][axis] > 1) return axis;
  }
  return -1;
}

static const int64_t far[] = {INT64_MAX, INT64_MIN, INT64_MAX / 2, (int64_t)1 << 60, -((int64_t)1 << 60)};

static void stride(call *c, int t, int axis, int64_t wrong) {
  int64_t step = 1;
  for (int a = (int)given_ranks[t] - 1; a >= 0; a--) {
    c->strides[t][a] = step;
    step *= run.shapes[t][a];
  }
  c->strides[t][axis] = wrong;
  c->tensors[t].strides = c->strides[t];
}

/* Makes one thing wrong; false where this model has no such thing. */
static bool spoil(call *c) {
  int in = INPUTS ? (int)below(INPUTS) : 0, out = INPUTS + (int)below(OUTPUTS), any = (int)below(TENSORS), axis;
  switch (below(20)) {
    case 0: c->model = NULL; return true;
    case 1: c->inputs = NULL; return INPUTS > 0;
    case 2: c->outputs = NULL; return true;
    case 3: c->workspace = NULL; return WORKSPACE;
    case 4: c->workspace = workspace + 1 + below(63); return WORKSPACE;
    case 5: c->services = &c->host; c->host.size = (uint32_t)below(sizeof c->host); return true;
    case 6: c->services = &c->host; c->host.abi = 0; return true;
    case 7: c->services = &c->host; c->host.cancelled = cancel; return KERNELS > 0;
    case 8: c->tensors[any].data = NULL; return run.bytes[any] > 0;
    case 9: c->tensors[any].shape = NULL; return given_ranks[any] > 0;
    case 10: c->tensors[any].data = memory[any] + 1; return is_wide(any);
    case 11: c->tensors[out].capacity = below(run.bytes[out]); return run.bytes[out] > 0;
    case 12:
    case 13:
      if (INPUTS == 0 || given_ranks[in] == 0) return false;
      axis = (int)below((uint64_t)given_ranks[in]);
      c->shapes[in][axis] = below(2) ? INT64_MIN + (int64_t)below(3) : -1 - (int64_t)below(1000);
      return true;
    case 14:
      if (INPUTS == 0 || given_ranks[in] == 0) return false;
      axis = (int)below((uint64_t)given_ranks[in]);
      c->shapes[in][axis] = INT64_MAX - (int64_t)below(1000);
      return true;
    case 15: /* one more or less where the model says how many */
      if (INPUTS == 0 || given_ranks[in] == 0) return false;
      axis = (int)below((uint64_t)given_ranks[in]);
      c->shapes[in][axis] = run.shapes[in][axis] + (below(2) ? 1 : -1);
      return given_known[in * MOST_RANK + axis] != 0;
    case 16:
    case 17:
      axis = long_axis(any);
      if (axis < 0) return false;
      stride(c, any, axis, far[below(sizeof far / sizeof *far)]);
      return true;
    case 18:
      axis = long_axis(out);
      if (axis < 0) return false;
      stride(c, out, axis, 0);
      return true;
    default:
      if (DIMS == 0) return false;
      c->given = c->dims;
      axis = (int)below(DIMS);
      c->dims[axis] = given_dims[axis] + 1 + (int64_t)below(3);
      return true;
  }
}

static void only_a_code(int32_t code, int number) {
  if (code == 0 || strcmp(m_error(code), "no such code") == 0) {
    fprintf(stderr, "call %d ended with %d: %s\n", number, code, m_error(code));
    exit(1);
  }
}

int main(void) {
  static call c;
  given_open(&run);
  workspace = guarded(run.workspace_bytes);
  for (int t = 0; t < TENSORS; t++) {
    memory[t] = guarded(run.bytes[t]);
    memcpy(memory[t], run.memory[t], run.bytes[t]);
  }
  only_a_code(m_open(NULL, NULL), -1);
  only_a_code(m_shapes(given_dims_or_null(), NULL), -1);
  for (int d = 0; d < DIMS; d++) {
    struct m_shapes shapes;
    int64_t dims[MOST_DIMS];
    for (int e = 0; e < DIMS; e++) dims[e] = e == d ? -1 - (int64_t)below(1u << 30) : given_dims[e];
    only_a_code(m_shapes((const m_dims *)(const void *)dims, &shapes), -1);
    NEED(m_workspace_bytes((const m_dims *)(const void *)dims) == 0 && m_workspace_bytes(NULL) == 0);
  }
  m_close(NULL);
  for (int number = 0; number < CALLS;) {
    reset(&c);
    bool spoiled = false;
    for (uint64_t more = 1 + below(3); more > 0; more--) {
      call before = c;
      if (spoil(&c)) spoiled = true;
      else {
        /* What points into the copy points into the original again. */
        for (int t = 0; t < TENSORS; t++) {
          if (before.tensors[t].shape) before.tensors[t].shape = c.shapes[t];
          if (before.tensors[t].strides) before.tensors[t].strides = c.strides[t];
        }
        c = before;
      }
    }
    if (!spoiled) continue;
    only_a_code(m_invoke(c.model, c.inputs, c.outputs, c.given, c.workspace, c.services), number);
    number++;
  }
  /* And a right one still is right. */
  reset(&c);
  NEED(m_invoke(c.model, c.inputs, c.outputs, NULL, c.workspace, NULL) == 0);
  given_close(&run);
  puts("ok");
  return 0;
}
