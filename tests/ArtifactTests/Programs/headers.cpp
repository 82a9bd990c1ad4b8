// The headers as C++, in both orders and twice.
#include "rows.h"
#include "digits.h"
#include "rows.h"
#include <cstring>
#include <cstdio>

int main() {
  digits *first = nullptr;
  rows_dims dims = {2};
  struct rows_shapes shapes;
  bool right = digits_open(nullptr, &first) == 0 && rows_shapes(&dims, &shapes) == 0 && shapes.out_y[0] == 2 && DIGITS_DIMS == 0 && ROWS_DIMS == 1 && ROWS_DIM_N == 0
    && std::strstr(digits_error(1000), "Input3") != nullptr;
  digits_close(first);
  std::puts(right ? "ok" : "wrong");
  return right ? 0 : 1;
}
