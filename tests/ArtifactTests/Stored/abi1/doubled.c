/* y[n] = 2 · x[n], n in 1..8: what a library of ABI 1 does, in C. */
#include "doubled.h"
#include <stddef.h>

#ifndef STORED_ABI
#define STORED_ABI 1
#endif
#define TEXT(x) #x
#define NUMBER(x) TEXT(x)

struct doubled {
  const float *weights;
};

static const float weights[] = {2};
static doubled opened = {weights};

int32_t doubled_open(const char *weights_path, doubled **model) {
  (void)weights_path;
  if (!model) return 1;
  *model = &opened;
  return 0;
}

void doubled_close(doubled *model) { (void)model; }

static int in_range(int64_t n) { return n >= 1 && n <= 8; }

int32_t doubled_shapes(const doubled_dims *dims, struct doubled_shapes *out) {
  if (!dims || !out) return 1;
  if (!in_range(dims->n)) return 10000;
  out->in_x[0] = out->out_y[0] = dims->n;
  return 0;
}

uint64_t doubled_workspace_bytes(const doubled_dims *dims) { return dims && in_range(dims->n) ? 64 : 0; }

int32_t doubled_invoke(const doubled *model, const lathe_tensor *inputs, lathe_tensor *outputs, const int64_t *dims, void *workspace, const lathe_host *host) {
  /* A host of this version or a later one begins with these members. */
  if (host && (host->size < sizeof *host || host->abi < LATHE_ABI)) return 7;
  if (!model || !inputs || !outputs) return 1;
  if (!inputs->data || !inputs->shape) return 1000;
  if (!in_range(inputs->shape[0])) return 2000;
  if (dims && dims[0] != inputs->shape[0]) return 6;
  if (inputs->strides || (uintptr_t)inputs->data % 4) return inputs->strides ? 3000 : 4000;
  if (!outputs->data || !outputs->shape) return 5000;
  int64_t n = inputs->shape[0];
  outputs->shape[0] = n;
  if (outputs->capacity < (uint64_t)n * 4) {
    outputs->capacity = (uint64_t)n * 4;
    return 6000;
  }
  if (outputs->strides || (uintptr_t)outputs->data % 4) return outputs->strides ? 7000 : 8000;
  if (!workspace || (uintptr_t)workspace % 64) return 2;
  if (host && host->cancelled && host->cancelled(host->user)) return 5;
  if (host && host->kernel) host->kernel(host->user, 0, 1);
  for (int64_t i = 0; i < n; i++) ((float *)outputs->data)[i] = model->weights[0] * ((const float *)inputs->data)[i];
  if (host && host->kernel) host->kernel(host->user, 0, 0);
  return 0;
}

int32_t doubled_run(const doubled *model, const doubled_inputs *inputs, doubled_outputs *outputs, void *workspace, const lathe_host *host) {
  return inputs && outputs ? doubled_invoke(model, &inputs->x, &outputs->y, NULL, workspace, host) : 1;
}

const char *doubled_error(int32_t code) {
  switch (code) {
    case 0: return "done";
    case 2000: return "input 'x' must have the shape [n], n in 1..8";
    case 6000: return "output 'y' has a capacity that is too small";
    default: return "another code of ABI 1";
  }
}

/* As contracts were when ABI 1 was new: what later compilers add is not there. */
const char *doubled_contract(void) {
  return "{\n"
         "  \"name\": \"doubled\",\n"
         "  \"abi\": " NUMBER(STORED_ABI) ",\n"
         "  \"provenance\": { \"model_sha256\": \"\", \"recipe\": \"\", \"compiler\": \"lathe 0.1.0\", \"llvm\": \"19.1.7\" },\n"
         "  \"target\": { \"triple\": \"x86_64-pc-linux-gnu\", \"cpu\": \"x86-64\" },\n"
         "  \"dims\": [ { \"name\": \"n\", \"min\": 1, \"max\": 8 } ],\n"
         "  \"inputs\": [ { \"name\": \"x\", \"type\": \"f32\", \"bits\": 32, \"shape\": [ \"n\" ] } ],\n"
         "  \"outputs\": [ { \"name\": \"y\", \"type\": \"f32\", \"bits\": 32, \"shape\": [ \"n\" ] } ],\n"
         "  \"kernels\": [ { \"name\": \"y\", \"nodes\": [ \"y\" ], \"kernel\": \"y\", \"template\": \"vectors\", \"flops\": 8, \"bytes\": 64 } ],\n"
         "  \"arena_bytes\": 64,\n  \"arena_lower_bound\": 64,\n  \"arena\": \"64\",\n  \"weight_bytes\": 4,\n  \"weights_sha256\": \"\"\n}\n";
}
