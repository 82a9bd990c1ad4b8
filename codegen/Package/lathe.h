/* lathe.h: what all models compiled by Lathe have in common. C99 and C++.
   A model's own header includes this one; headers of several models may meet in one file. */
#ifndef LATHE_H
#define LATHE_H

/* The version of this interface. A runtime of version n + 1 opens artifacts of version n. */
#define LATHE_ABI 1

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An input or output. The memory is the caller's, and is used during a run only. */
typedef struct {
  void *data;             /* elements, aligned to their own size at least; 64 bytes is best */
  int64_t *shape;         /* one extent for each dimension: given for an input, written by the run for an output */
  const int64_t *strides; /* NULL: dense; else elements per step of each dimension (a cache may be appended to in place) */
  uint64_t capacity;      /* bytes at data; bounds a size that depends on the data */
} lathe_tensor;

/* What a run may ask of the program around it. Members may be NULL; so may the whole. */
typedef struct {
  uint32_t size; /* sizeof(lathe_host) */
  uint32_t abi;  /* LATHE_ABI */
  void *user;    /* handed to each of the functions */
  /* Calls body(arg, i) for every i in 0..count-1, in any order, on any threads, and returns when all have returned.
     NULL: this thread. Results are the same bits for any number of threads. */
  void (*parallel_for)(void *user, int64_t count, void (*body)(void *arg, int64_t index), void *arg);
  /* Asked between kernels; nonzero ends the run with an error code. */
  int (*cancelled)(void *user);
  /* Told of each kernel's begin (begin = 1) and end (begin = 0), for profiling; ids are in the contract. */
  void (*kernel)(void *user, int32_t id, int32_t begin);
} lathe_host;

#ifdef __cplusplus
}
#endif

#elif LATHE_ABI != 1
#error "lathe.h: another version of this header was included before; bring the models' headers to one version"
#endif
