"""The functions that C files are made of: only those that a network uses are written.

``$real`` is float or double, and ``$f`` ends what belongs to float.
"""

# Which functions call which.
NEEDS = {"gelu_tanh": ["sigmoid"], "silu": ["sigmoid"], "mish": ["softplus"]}

FUNCTIONS = {
    "copy": """
static void copy(int columns, const $real *x, $real *y) {
  for (int k = 0; k < columns; ++k) y[k] = x[k];
}
""",
    "rescale": """
static void rescale(int columns, const $real *x, $real scale, $real offset, $real *y) {
  for (int k = 0; k < columns; ++k) y[k] = scale * x[k] + offset;
}
""",
    "dense": """
/* y = x W + bias; W has a row for each input. */
static void dense(int inputs, int outputs, const $real *restrict x,
                  const $real *restrict weights, const $real *restrict bias,
                  $real *restrict y) {
  for (int j = 0; j < outputs; ++j) y[j] = bias[j];
  for (int i = 0; i < inputs; ++i) {
    for (int j = 0; j < outputs; ++j) y[j] += x[i] * weights[j];
    weights += outputs;
  }
}
""",
    "dense_int8": """
/* y = scale (x Q) + bias; Q has a row for each input, scale a number per output. */
static void dense_int8(int inputs, int outputs, const $real *restrict x,
                       const signed char *restrict weights,
                       const $real *restrict scales, const $real *restrict bias,
                       $real *restrict y) {
  for (int j = 0; j < outputs; ++j) y[j] = 0;
  for (int i = 0; i < inputs; ++i) {
    for (int j = 0; j < outputs; ++j) y[j] += x[i] * ($real)weights[j];
    weights += outputs;
  }
  for (int j = 0; j < outputs; ++j) y[j] = scales[j] * y[j] + bias[j];
}
""",
    "affine": """
/* A batch normalization, by the moments it was trained to. */
static void affine(int columns, const $real *scale, const $real *shift, $real *x) {
  for (int k = 0; k < columns; ++k) x[k] = scale[k] * x[k] + shift[k];
}
""",
    "layer_norm": """
static void layer_norm(int columns, const $real *gain, const $real *shift,
                       $real epsilon, $real *x) {
  $real mean = 0, variance = 0;
  for (int k = 0; k < columns; ++k) mean += x[k];
  mean /= ($real)columns;
  for (int k = 0; k < columns; ++k) variance += (x[k] - mean) * (x[k] - mean);
  const $real deviation = sqrt$f(variance / ($real)columns + epsilon);
  for (int k = 0; k < columns; ++k) {
    x[k] = gain[k] * ((x[k] - mean) / deviation) + shift[k];
  }
}
""",
    "prelu": """
static void prelu(int columns, const $real *slope, $real *x) {
  for (int k = 0; k < columns; ++k) x[k] = x[k] < 0 ? slope[k] * x[k] : x[k];
}
""",
    "add": """
static void add(int columns, const $real *x, $real *y) {
  for (int k = 0; k < columns; ++k) y[k] += x[k];
}
""",
    "apply": """
static void apply(int columns, $real (*function)($real), $real *x) {
  for (int k = 0; k < columns; ++k) x[k] = function(x[k]);
}
""",
    "step": """
static $real step($real x) { return x >= 0 ? 1.0$f : 0.0$f; }
""",
    "hard_sigmoid": """
static $real hard_sigmoid($real x) {
  const $real shifted = x + 3.0$f;
  return (shifted < 0 ? 0 : shifted > 6 ? 6 : shifted) / 6.0$f;
}
""",
    "sigmoid": """
static $real sigmoid($real x) {
  const $real power = exp$f(-fabs$f(x)); /* at most 1 */
  return (x >= 0 ? 1 : power) / (1 + power);
}
""",
    "relu": """
static $real relu($real x) { return x > 0 ? x : 0; }
""",
    "leaky_relu": """
static $real leaky_relu($real x) { return x < 0 ? 0.01$f * x : x; }
""",
    "elu": """
static $real elu($real x) { return x > 0 ? x : expm1$f(x); }
""",
    "selu": """
static $real selu($real x) {
  return 1.0507009873554805$f * (x > 0 ? x : 1.6732632423543772$f * expm1$f(x));
}
""",
    "softplus": """
static $real softplus($real x) {
  return (x > 0 ? x : 0) + log1p$f(exp$f(-fabs$f(x)));
}
""",
    "gelu": """
static $real gelu($real x) {
  return x * (erfc$f(-0.7071067811865476$f * x) / 2); /* x Phi(x) */
}
""",
    "gelu_tanh": """
static $real gelu_tanh($real x) {
  const $real slope = 0.07135481627260025$f * (x * x) + 1.5957691216057308$f;
  return x * sigmoid(x * slope);
}
""",
    "silu": """
static $real silu($real x) { return x * sigmoid(x); }
""",
    "mish": """
static $real mish($real x) { return x * tanh$f(softplus(x)); }
""",
    "softmax": """
static void softmax(int columns, $real *x) {
  $real largest = x[0], sum = 0;
  for (int k = 1; k < columns; ++k) largest = x[k] > largest ? x[k] : largest;
  for (int k = 0; k < columns; ++k) {
    x[k] = exp$f(x[k] - largest);
    sum += x[k];
  }
  for (int k = 0; k < columns; ++k) x[k] /= sum;
}
""",
    "largest": """
static int largest(int columns, const $real *x) {
  int best = 0;
  for (int k = 1; k < columns; ++k) best = x[k] > x[best] ? k : best;
  return best;
}
""",
}
