#include <stdio.h>

#include "digits.h"

int main(void) {
  digits *model;
  int32_t code = digits_open(NULL, &model);
  printf("%s, %llu bytes of workspace\n", code ? digits_error(code) : "open", (unsigned long long)digits_workspace_bytes(NULL));
  digits_close(model);
  return code;
}
