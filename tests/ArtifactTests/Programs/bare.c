/* A model with no system under it: this file has memcpy and memset, the first instruction and the last, and nothing else is linked. x86-64. */
#include "digits.h"
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t count) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  return start;
}

void *memset(void *to, int value, size_t count) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
  return start;
}

static long system_call(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}

static _Alignas(64) unsigned char workspace[DIGITS_WORKSPACE_BYTES];
static float image[28][28], scores[10];

int run(void) {
  int64_t image_shape[] = {1, 1, 28, 28}, scores_shape[2];
  for (int row = 6; row < 22; row++)
    for (int column = row < 9 ? 7 : 20 - row / 2; column < (row < 9 ? 20 : 23 - row / 2); column++) image[row][column] = 255;
  digits *model;
  digits_inputs inputs = {.Input3 = {.data = image, .shape = image_shape}};
  digits_outputs outputs = {.Plus214_Output_0 = {.data = scores, .shape = scores_shape, .capacity = sizeof scores}};
  if (digits_open(NULL, &model) != 0 || digits_run(model, &inputs, &outputs, workspace, NULL) != 0) return 1;
  digits_close(model);
  int best = 0;
  for (int i = 1; i < 10; i++)
    if (scores[i] > scores[best]) best = i;
  char said[] = {(char)('0' + best), '\n'};
  return system_call(1, 1, (long)said, sizeof said) == sizeof said ? 0 : 1;
}

__attribute__((used)) static void start(void) {
  system_call(231, run(), 0, 0);
}

__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  and $-16, %rsp\n  call start\n");
