using Lathe.Ir;

namespace Lathe.Passes.Checking;

/// <summary>What a bisection found: the pass, and the least that shows its fault.</summary>
/// <param name="Fault">On the model as it was given.</param>
/// <param name="Passes">What to run on the part; the last is at fault, unless the machine code is.</param>
/// <param name="Graph">The part; null where the model was a program already, which is not taken apart.</param>
/// <param name="Inputs">One tensor for each of its inputs.</param>
/// <param name="Before">Operators before the reduction.</param>
/// <param name="Operators">Those of the part.</param>
/// <param name="Tries">Parts that were run.</param>
public sealed record Finding(ValueFault Fault, Seq<Pass> Passes, Graph? Graph, Seq<Tensor> Inputs, int Before, int Operators, int Tries);
