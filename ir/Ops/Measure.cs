namespace Lathe.Ir.Ops;

/// <summary>Gives the numbers of a small tensor names, one after another, so that types of what follows can speak of them: the extents that a model computes.</summary>
/// <param name="Symbols">A name for each number.</param>
/// <param name="Low">The least each can be; less ends a run.</param>
/// <param name="Most">What each cannot exceed; more ends a run.</param>
/// <remarks>Operand: whole numbers. The result holds the same as i64, known as the symbols. Not of ONNX: the importer puts it where an operand decides a type.</remarks>
[NotOfOnnx]
public sealed record Measure(Seq<string> Symbols = default, Seq<long> Low = default, Seq<Expr> Most = default) : BindingOp(Symbols, Low, Most)
{
    public override Seq<TensorType> Infer(Operands x)
    {
        Require(x.Whole(0).IsStatic && x.Type(0).Count == Symbols.Count, $"{Symbols.Count} names for the numbers of {x.Type(0)}");
        return [new(x.Shape(0), Scalar.I64)];
    }

    public override Seq<Expr>? Contents => [.. Binds];

    /// <summary>None: it binds symbols, which a node alone has no use for.</summary>
    public override IEnumerable<Example> Examples() => [];
}
