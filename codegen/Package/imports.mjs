// What the module may ask of JavaScript.
const env = {
  ...Object.fromEntries(["acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "exp", "expm1", "log", "log10", "log1p", "log2", "sin", "sinh", "tan", "tanh"].map((name) => [name, Math[name]])),
  fmod: (a, b) => a % b, fmodf: (a, b) => a % b,
  // C says 1 where JavaScript says that it is not a number.
  pow: (x, y) => (x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y),
};
