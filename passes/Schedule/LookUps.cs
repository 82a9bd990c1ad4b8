using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>
/// Sums of products of several steps by their weights' codes: each sum that is possible is worked out once for all columns and looked up by each. Codes of two steps
/// of two bits are sixteen sums, which lie in registers. Wei and others, T-MAC: CPU Renaissance via Table Lookup for Low-Bit LLM Deployment on Edge, 2024.
/// </summary>
/// <param name="Together">Steps of one sum.</param>
/// <param name="Factor">B's number at one of them, given which sum it is in i32.</param>
/// <param name="Code">Which sum a column wants, given block, panel, turn of so many steps, and column.</param>
internal sealed record LookUps(long Together, Func<Expr, long, Expr> Factor, Func<Expr, Expr, Expr, Expr, Expr> Code);
