/* doubled: as lathe compile wrote headers of ABI 1. */
#ifndef LATHE_MODEL_DOUBLED_H
#define LATHE_MODEL_DOUBLED_H
#include "lathe.h"
#ifdef __cplusplus
extern "C" {
#endif

typedef struct doubled doubled;

typedef struct {
  lathe_tensor x; /* x: tensor<[n], f32> */
} doubled_inputs;

typedef struct {
  lathe_tensor y; /* y: tensor<[n], f32> */
} doubled_outputs;

enum { DOUBLED_DIM_N, DOUBLED_DIMS };
typedef struct {
  int64_t n; /* n in 1..8 */
} doubled_dims;

struct doubled_shapes {
  int64_t in_x[1];
  int64_t out_y[1];
};

int32_t doubled_open(const char *weights_path, doubled **model);
void doubled_close(doubled *model);
int32_t doubled_shapes(const doubled_dims *dims, struct doubled_shapes *out);
uint64_t doubled_workspace_bytes(const doubled_dims *dims);
int32_t doubled_run(const doubled *model, const doubled_inputs *inputs, doubled_outputs *outputs, void *workspace, const lathe_host *host);
int32_t doubled_invoke(const doubled *model, const lathe_tensor *inputs, lathe_tensor *outputs, const int64_t *dims, void *workspace, const lathe_host *host);
const char *doubled_error(int32_t code);
const char *doubled_contract(void);

#ifdef __cplusplus
}
#endif
#endif
