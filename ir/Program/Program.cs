namespace Lathe.Ir;

public enum SlotKind : byte
{
    Input, Output, Weight, Arena,
    /// <summary>A weight that only <see cref="Program.Once"/> reads: not in the artifact.</summary>
    Source,
}

/// <summary>A place for one plane of a tensor: an argument of the model, a weight, or a stretch of the arena.</summary>
/// <param name="Name">Of the value, with the plane's name behind a colon.</param>
/// <param name="Size">Numbers it holds.</param>
/// <param name="Offset">Bytes from the start of the arena or of the weights; 0 for inputs, outputs and sources.</param>
public sealed record Slot(string Name, Scalar Scalar, Expr Size, SlotKind Kind, Expr Offset)
{
    public Expr Bytes => Linear.Simplify((Size * Scalar.Bits + 7) / 8);
}

/// <summary>
/// What stands between kernels and targets: calls of kernels on slots of one arena, branches and loops around them, symbols that get their number
/// on the way. Printed, read back and run like everything else.
/// </summary>
/// <param name="Inputs">The model's inputs with their types, in order; a slot holds each plane.</param>
/// <param name="Outputs">The model's outputs, in order.</param>
/// <param name="Symbols">Dimensions that are known at entry, by name: those that the inputs' types name. What <see cref="Let"/> and <see cref="Repeat"/> bind is not among them.</param>
/// <param name="Slots">Sizes and offsets over <see cref="Symbols"/> only; a slot may be larger than what a kernel stores in it.</param>
/// <param name="Weights">The bytes of each weight slot, by slot name; packed as kernels want them.</param>
/// <param name="Once">Steps that run in the compiler: they fill weight slots (packed panels) from other weights. None are left in an artifact.</param>
/// <param name="ArenaBytes">Size of the one arena of a run.</param>
/// <param name="LowerBound">The least any plan could do: the most bytes alive at one step.</param>
public sealed record Program(string Name, Seq<Value> Inputs, Seq<Value> Outputs, Seq<Symbol> Symbols, Seq<Guarded> Guards,
    Seq<Slot> Slots, Seq<(string Slot, Bytes Contents)> Weights, Seq<Kernel> Kernels, Seq<CallKernel> Once, Seq<Step> Steps, Expr ArenaBytes, Expr LowerBound);
