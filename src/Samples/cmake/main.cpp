#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

#include "digits.h"
#include "gestures.h"
#include "lathe.hpp"

LATHE_MODEL(digits)
LATHE_MODEL(gestures)

int main() {
  try {
    digits_model digits;
    std::array<float, 28 * 28> pixels{};
    for (int row = 6; row < 22; row++)  // a seven: a bar, and a stroke that leans
      for (int column = row < 9 ? 7 : 20 - row / 2; column < (row < 9 ? 20 : 23 - row / 2); column++) pixels[row * 28 + column] = 255;
    std::array<float, 10> scores{};
    lathe::tensor<4> image(pixels, {1, 1, 28, 28});
    lathe::tensor<2> digit(scores, {1, 10});
    digits_inputs in{image};
    digits_outputs out{digit};
    auto room = digits.workspace();
    digits.run(in, out, room);
    std::printf("digit %d\n", static_cast<int>(std::max_element(scores.begin(), scores.end()) - scores.begin()));

    gestures_model gestures;
    std::array<float, 42> points{};
    for (std::size_t i = 0; i < points.size(); i++) points[i] = static_cast<float>(i % 7) / 7 - 0.5f;
    std::int64_t kind = -1;
    lathe::tensor<2> hand(points, {1, 42});
    lathe::tensor<1> id(&kind, 1, {1});
    gestures_inputs hands{hand};
    gestures_outputs kinds{id};
    auto space = gestures.workspace();
    gestures.run(hands, kinds, space);
    std::printf("gesture %d\n", static_cast<int>(kind));

    lathe::tensor<4> wrong(pixels, {1, 1, 14, 56});
    in.Input3 = wrong;
    digits.run(in, out, room);
  } catch (const lathe::error &e) {
    std::printf("code %d: %s\n", static_cast<int>(e.code()), e.what());
    return 0;
  }
  return 1;
}
