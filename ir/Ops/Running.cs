namespace Lathe.Ir.Ops;

/// <summary>What an operation has made of the numbers up to each place along an axis.</summary>
/// <param name="Exclusive">Whether a place does not count itself.</param>
/// <param name="Reverse">Whether it goes from the end to the beginning.</param>
/// <remarks>Operands: x; the axis, one number known when compiling.</remarks>
public abstract record Running(bool Exclusive, bool Reverse) : StatementOp
{
    /// <summary>What is done with the numbers.</summary>
    protected abstract ReduceKind Kind { get; }

    public override Seq<TensorType> Infer(Operands x)
    {
        Along(x);
        return [x.Numeric(0).Elementwise];
    }

    public sealed override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var (along, kind) = (Along(x), x.Scalar(0).Arithmetic);
        var total = new Buffer("total", kind, [], Space.Registers);
        var extent = x.Shape(0)[along];
        return Scattering.Over(x.Shape(0).With(along, 1), at => new Scratch(total, Stmts.Do(
            total.Set([], Reduce.Identity(Kind, kind)),
            Scattering.Over([extent], k =>
            {
                var place = at.With(along, Reverse ? extent - 1 - k[0] : k[0]);
                var add = total.Set([], Reduce.Combine(Kind, total[[]], x[0](place)));
                var store = results[0].Set(place, total[[]].As(results[0].Scalar));
                return Exclusive ? Stmts.Do(store, add) : Stmts.Do(add, store);
            }))));
    }

    private static int Along(Operands x) => x.Wholes(1, "the axis") is [var axis] ? x.Axis(axis) : throw new TypeException($"the axis must be one number, it is {x.Type(1)}");

    public override IEnumerable<Example> Examples() =>
    [
        new(this, Operand.F32(3, 7), Operand.Constant(Scalar.I64, [], 1)),
        new(this with { Exclusive = true }, Operand.F32(2, 5, 3), Operand.Constant(Scalar.I32, [1], -2)),
        new(this with { Reverse = true }, Operand.F32(6), Operand.Constant(Scalar.I64, [], 0)),
        new(this with { Exclusive = true, Reverse = true }, Operand.Of(Scalar.I32, 4, 3), Operand.Constant(Scalar.I64, [], 0)),
    ];
}
