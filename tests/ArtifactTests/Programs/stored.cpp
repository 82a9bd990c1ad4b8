// A library of an earlier ABI behind today's lathe.h and lathe.hpp.
#include "doubled.h"
#include <cstdio>
#include <lathe.hpp>
#include <vector>
LATHE_MODEL(doubled)

int main() {
  doubled_model model;
  doubled_dims dims{3};
  auto workspace = model.workspace(dims);
  std::vector<float> x{1, 2, 3}, y(3);
  lathe::tensor<1> in(x, {3}), out(y, {3});
  doubled_inputs inputs{in};
  doubled_outputs outputs{out};
  lathe_host host{};
  host.size = sizeof host;
  host.abi = LATHE_ABI;
  model.run(inputs, outputs, workspace, &host);
  std::printf("%g %g %g %lld\n", y[0], y[1], y[2], static_cast<long long>(out.shape()[0]));
  lathe::tensor<1> longer(x, {9});
  inputs.x = longer;
  try {
    model.run(inputs, outputs, workspace);
  } catch (const lathe::error &e) {
    std::printf("%d %s\n", static_cast<int>(e.code()), e.what());
  }
}
