/* Runs a model once and writes its outputs, one behind the other, to the file that is named. */
#include "any_model.h"

int main(int count, char **arguments) {
  static given_run run;
  NEED(count == 2);
  given_open(&run);
  void *workspace = aligned_alloc(64, run.workspace_bytes);
  NEED(workspace && m_invoke(run.model, run.tensors, run.tensors + INPUTS, NULL, workspace, NULL) == 0);
  FILE *file = fopen(arguments[1], "wb");
  NEED(file);
  for (int t = INPUTS; t < TENSORS; t++) NEED(fwrite(run.memory[t], 1, run.bytes[t], file) == run.bytes[t]);
  NEED(fclose(file) == 0);
  free(workspace);
  given_close(&run);
  return 0;
}
