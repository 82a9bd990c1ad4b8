namespace Lathe.Ir.Ops;

/// <summary>The inverses of square matrices, by Gauss and Jordan's elimination in f64 with the largest pivot of each column; not finite where there is none. com.microsoft Inverse, opset 1.</summary>
/// <remarks>Shapes: x […, M, M]; result likewise.</remarks>
[NotOfOnnx]
public sealed record Inverse : StatementOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        Require(x.Real(0).Rank >= 2, $"x must hold matrices, it is {x.Type(0)}");
        x.Equal(x.Shape(0)[^2], x.Shape(0)[^1], $"rows and columns of {x.Type(0)}");
        return [x.Type(0).Elementwise];
    }

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var size = x.Shape(0)[^1];
        // Beside each matrix the unit matrix, which becomes the inverse.
        var all = new Buffer("all", Scalar.F64, [size, size * 2], Space.Arena);
        Buffer Register(string name, Scalar kind) => new(name, kind, [], Space.Registers);
        var (pivot, aside, factor) = (Register("pivot", Scalar.I64), Register("aside", Scalar.F64), Register("factor", Scalar.F64));

        Stmt Eliminate(Expr step)
        {
            Expr Candidate(Expr row) => Expr.Select(row < step, -1.0, Expr.Abs(all[row, step]));
            var largest = Expr.Largest([size], row => Candidate(row[0]));
            return Stmts.Do(
                pivot.Set([], Expr.Reduce(ReduceKind.Min, [size], row => Expr.Select(Expr.Same(Candidate(row[0]), largest), row[0], size - 1))),
                Stmts.When(Expr.Not(Expr.Same(pivot[[]], step)), Stmts.For("j", size * 2, column => new Scratch(aside, Stmts.Do(
                    aside.Set([], all[step, column]), all.Set([step, column], all[pivot[[]], column]), all.Set([pivot[[]], column], aside[[]]))))),
                new Scratch(factor, Stmts.Do(
                    factor.Set([], all[step, step]),
                    Stmts.For("j", size * 2, column => all.Set([step, column], all[step, column] / factor[[]])))),
                Stmts.For("i", size, row => Stmts.When(Expr.Not(Expr.Same(row, step)), new Scratch(factor, Stmts.Do(
                    factor.Set([], all[row, step]),
                    Stmts.For("j", size * 2, column => all.Set([row, column], all[row, column] - factor[[]] * all[step, column])))))));
        }

        return Scattering.Over(x.Shape(0)[..^2], at => new Scratch(all, new Scratch(pivot, Stmts.Do(
            Scattering.Over([size, size], place => Stmts.Do(
                all.Set(place, x[0]([.. at, .. place]).As(Scalar.F64)),
                all.Set([place[0], Linear.Simplify(place[1] + size)], Expr.Select(Expr.Same(place[0], place[1]), Number.Of(Scalar.F64, 1.0), 0.0)))),
            Stmts.For("k", size, Eliminate),
            Scattering.Over([size, size], place => results[0].Set([.. at, .. place], all[place[0], Linear.Simplify(place[1] + size)].As(results[0].Scalar.Arithmetic).As(results[0].Scalar)))))));
    }

    public override IEnumerable<Example> Examples() => [new(this, Operand.Constant(Scalar.F32, [2, 2], 0, 2, 3, 4)), new(this, Operand.Constant(Scalar.F32, [2, 3, 3], 4, 1, 0, 1, 3, 1, 0, 1, 2, 1, 2, 3, 0, 1, 4, 5, 6, 0))];
}
