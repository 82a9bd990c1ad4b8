namespace Lathe.Ir;

/// <summary>A function of C that computes what a kernel computes: where code is linked, it is called in place of the kernel's own. Whatever else runs the kernel takes its body.</summary>
/// <remarks>
/// <c>void symbol(const void *const *inputs, void *const *outputs, const int64_t *extents)</c>: data of the operands and of the results, in C's order of axes; of each operand, then of
/// each result, how many axes it has and their extents, one after another; an operand left out is a null pointer with no axes. Any number of threads may call it at once.
/// </remarks>
/// <param name="Symbol">A C identifier.</param>
/// <param name="Operands">Inputs of the kernel, in the function's order; null: a null pointer.</param>
public sealed record External(string Symbol, Seq<Buffer?> Operands);
