/* Prints the code that rows_open gives for a file of weights, or for the one beside the library. */
#include "rows.h"
#include "check.h"

int main(int count, char **arguments) {
  rows *model = NULL;
  int32_t code = rows_open(count > 1 ? arguments[1] : NULL, &model);
  CHECK((code == 0) == (model != NULL));
  if (code == 0) rows_close(model);
  rows_close(NULL);
  printf("%d %s\n", (int)code, rows_error(code));
  return 0;
}
