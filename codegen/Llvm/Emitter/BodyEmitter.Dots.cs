using Lathe.Ir;

namespace Lathe.Codegen.Llvm;

internal sealed partial class BodyEmitter
{
    /// <summary>The machine's step where it has one for these ranges, else products and sums in 32-bit whole numbers.</summary>
    private Register Step(Dot dot)
    {
        var sum = Value(dot.C);
        var pairs = dot.Lane.Extent is Number n ? n.Integer : throw new InvalidOperationException($"a dot over {dot.Lane.Extent} lanes");
        if (lanes.Count > 0 && mask is null)
        {
            var (a, b) = (RangeOf(dot.A), RangeOf(dot.B));
            var step = DotStep.All.FirstOrDefault(s => s.Pairs == pairs && s.Sums == Lanes && kernel.Target.Has(s.Feature) && Holds(s.A, a) && Holds(s.B, b));
            if (step is not null) return Step(step, dot, Spread(sum, Lanes));
            if (pairs == 2 && Lanes is 4 or 8 or 16 && Holds(Scalar.I16, a) && Holds(Scalar.I16, b) && PairProduct() is { } name)
            {
                var total = Lanes;
                var (x, y) = Factors(dot, Scalar.I16, Scalar.I16);
                return Arithmetic(Operator.Add, Spread(sum, total), Intrinsic(name, new("", Scalar.I32, total), x, y));
            }
        }
        for (var i = 0L; i < pairs; i++)
            Once(dot.Lane, i, () => sum = Arithmetic(Operator.Add, sum, Arithmetic(Operator.Multiply, Convert(Value(dot.A), Scalar.I32), Convert(Value(dot.B), Scalar.I32))));
        return sum;
    }

    private Register Step(DotStep step, Dot dot, Register sum)
    {
        var (a, b) = Factors(dot, step.A, step.B);
        if (step.TakesParts) return Intrinsic(step.Name, sum, sum, a, b);
        Register Whole(Register parts) => Let($"bitcast {parts} to <{sum.Lanes} x i32>", Scalar.I32, sum.Lanes);
        return Intrinsic(step.Name, sum, sum, Whole(a), Whole(b));
    }

    /// <summary>x86's sums of two products of i16, without the adding.</summary>
    private string? PairProduct() => kernel.Target.Architecture != CpuArchitecture.X86 ? null : Lanes switch
    {
        16 when kernel.Target.Has("avx512bw") => "llvm.x86.avx512.pmaddw.d.512",
        8 when kernel.Target.Has("avx2") => "llvm.x86.avx2.pmadd.wd",
        4 => "llvm.x86.sse2.pmadd.wd",
        _ => null,
    };

    /// <summary>Both factors with the dot's own lane as the innermost.</summary>
    private (Register A, Register B) Factors(Dot dot, Scalar a, Scalar b)
    {
        (Register, Register) factors = default;
        lanes.Add(dot.Lane);
        scopes.Within([dot.Lane], straight: true, () => factors = (Spread(Convert(Value(dot.A), a), Lanes), Spread(Convert(Value(dot.B), b), Lanes)));
        lanes.RemoveAt(lanes.Count - 1);
        return factors;
    }

    private static (long Low, long High) RangeOf(Expr e) => Linear.Range(e);

    private static bool Holds(Scalar kind, (long Low, long High) range) => range.Low >= kind.Range.Low && range.High <= kind.Range.High;
}
