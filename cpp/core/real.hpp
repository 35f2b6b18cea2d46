// The number type of this translation unit. Everything that computes is compiled
// once per precision, in a namespace of that name (float32 or float64), so the code
// reads as plain functions on `real` instead of templates.
#pragma once

namespace schuss::SCHUSS_PRECISION {

using real = SCHUSS_REAL;

}  // namespace schuss::SCHUSS_PRECISION
