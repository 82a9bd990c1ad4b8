/* How much of a stack and of a workspace a run touches: both are painted before. x86-64. */
#include "any_model.h"

enum { STACK = 1 << 16, BEHIND = 4096 };

static given_run run;
static _Alignas(64) unsigned char stack[STACK];

/* Runs the model with the stack pointer at top: what is called pushes first below it. */
int32_t run_at(void *top, const m *model, const lathe_tensor *inputs, lathe_tensor *outputs, void *workspace, const lathe_host *host);
/* lathe_host.parallel_for: on this thread. It takes 64 bytes of the stack with what its call of a body pushes, so alignments below are as without it. */
void one_after_another(void *user, int64_t count, void (*body)(void *, int64_t), void *arg);
__asm__(
    ".text\n"
    ".globl run_at\n"
    "run_at:\n  push %rbp\n  mov %rsp, %rbp\n  mov %rdi, %rsp\n  mov %rsi, %rdi\n  mov %rdx, %rsi\n  mov %rcx, %rdx\n  mov %r8, %rcx\n  mov %r9, %r8\n"
    "  call m_run\n  mov %rbp, %rsp\n  pop %rbp\n  ret\n"
    ".globl one_after_another\n"
    "one_after_another:\n  push %rbx\n  push %r12\n  push %r13\n  push %r14\n  sub $24, %rsp\n  mov %rsi, %r12\n  mov %rdx, %r13\n  mov %rcx, %r14\n  xor %ebx, %ebx\n"
    "1:\n  cmp %r12, %rbx\n  jge 2f\n  mov %r14, %rdi\n  mov %rbx, %rsi\n  call *%r13\n  inc %rbx\n  jmp 1b\n"
    "2:\n  add $24, %rsp\n  pop %r14\n  pop %r13\n  pop %r12\n  pop %rbx\n  ret\n");

enum { HOST_BYTES = 64, DENSE, SIDE_BY_SIDE, APART, LAYOUTS };

static unsigned char *workspace;
static lathe_tensor tensors[TENSORS + 1];
static int64_t strides[TENSORS + 1][MOST_RANK];

/* One run on painted memory; how far it went below the top, and into the workspace. */
static int32_t go(int offset, int paint, const lathe_host *host, uint64_t *deep, uint64_t *used) {
  memset(workspace, paint, run.workspace_bytes + BEHIND);
  memset(stack, paint, STACK);
  unsigned char *top = stack + STACK - 64 - offset;
  int32_t code = run_at(top, run.model, tensors, tensors + INPUTS, workspace, host);
  for (uint64_t i = 0; i < BEHIND; i++) NEED(workspace[run.workspace_bytes + i] == paint);
  uint64_t low = 0, high = run.workspace_bytes;
  while (high > 0 && workspace[high - 1] == paint) high--;
  while (stack[low] == paint) low++;
  *deep = (uint64_t)(top - stack) - low;
  *used = high;
  return code;
}

/* Tensors with gaps behind rows, or between all numbers; those that must be dense stay so. */
static void lay_out(int layout) {
  uint64_t deep, used;
  for (int t = 0; t < TENSORS; t++) {
    tensors[t] = run.tensors[t];
    if (layout == DENSE || given_ranks[t] == 0 || run.bytes[t] == 0) continue;
    int64_t step = layout == APART ? 2 : 1, elements = 1;
    for (int axis = (int)given_ranks[t] - 1; axis >= 0; axis--) {
      strides[t][axis] = step;
      elements += (run.shapes[t][axis] - 1) * step;
      step *= run.shapes[t][axis] + (axis == (int)given_ranks[t] - 1);
    }
    tensors[t].strides = strides[t];
    tensors[t].capacity = (uint64_t)(elements * given_bits[t] + 7) / 8;
    tensors[t].data = calloc(tensors[t].capacity, 1);
    NEED(tensors[t].data);
    if (go(0, 0, NULL, &deep, &used) != 0) tensors[t] = run.tensors[t];
  }
}

int main(void) {
  given_open(&run);
  workspace = aligned_alloc(64, run.workspace_bytes + BEHIND);
  NEED(workspace);
  lathe_host host = {.size = sizeof host, .abi = LATHE_ABI, .parallel_for = one_after_another};
  uint64_t arena = 0, deepest = 0, deep, used;
  for (int layout = DENSE; layout < LAYOUTS; layout++) {
    lay_out(layout);
    /* The first run lets the loader find what it looks up when it is called. */
    NEED(go(0, 0, NULL, &deep, &used) == 0);
    for (int hosted = 0; hosted < 2; hosted++)
      for (int offset = 0; offset < 64; offset += 16)
        for (int paint = 0x5A; paint <= (offset == 0 ? 0xA5 : 0x5A); paint += 0xA5 - 0x5A) {
          NEED(go(offset, paint, hosted ? &host : NULL, &deep, &used) == 0);
          if (hosted) deep -= HOST_BYTES < deep ? HOST_BYTES : deep;
          if (used > arena) arena = used;
          if (deep > deepest) deepest = deep;
        }
  }
  printf("%llu %llu %llu\n", (unsigned long long)run.workspace_bytes, (unsigned long long)arena, (unsigned long long)deepest);
  free(workspace);
  given_close(&run);
  return 0;
}
