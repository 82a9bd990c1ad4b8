using Lathe.Ir;

[assembly: Lathe.Sdk.Plugin("softclip", Domain = "org.example.audio")]

namespace Samples;

/// <summary>x / (1 + |x| / limit): an operator whose code is a function of C, softclip.c, that is linked into the artifact. The statements say what that has to compute.</summary>
public sealed record SoftClip(float Limit = 1) : SymbolOp
{
    /// <summary>One function for each limit that there is code for.</summary>
    public override string Symbol => Limit == 1 ? "softclip_1" : "softclip_8";

    public override Seq<TensorType> Infer(Operands x)
    {
        Require(Limit is 1 or 8, $"limit is 1 or 8, it is {Limit}");
        Require(x.Scalar(0) == Scalar.F32, $"x must be f32, it is {x.Type(0)}");
        return [new(x.Shape(0), Scalar.F32)];
    }

    public override Stmt Body(Operands x, Seq<Lathe.Ir.Buffer> results)
    {
        Seq<Axis> axes = [.. x.Shape(0).Select((extent, i) => new Axis($"i{i}", extent))];
        Seq<Expr> at = [.. axes];
        return Stmts.Nest(LoopKind.For, axes, results[0].Set(at, x[0](at) / (Expr.Abs(x[0](at)) / Limit + 1.0)));
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.F32(2, 3, 5)), new(this with { Limit = 8 }, Operand.F32(7))];
}
