namespace Lathe.Ir.Ops;

/// <summary>The determinants of square matrices, by elimination with the largest pivot of each column. ONNX Det, opset 22.</summary>
/// <remarks>Shapes: x […, M, M]; result […].</remarks>
public sealed record Det : StatementOp
{
    public override Seq<TensorType> Infer(Operands x)
    {
        Require(x.Real(0).Rank >= 2, $"x must hold matrices, it is {x.Type(0)}");
        x.Equal(x.Shape(0)[^2], x.Shape(0)[^1], $"rows and columns of {x.Type(0)}");
        return [new(x.Shape(0)[..^2], x.Scalar(0))];
    }

    public override Stmt Body(Operands x, Seq<Buffer> results)
    {
        var size = x.Shape(0)[^1];
        var rest = new Buffer("rest", Scalar.F64, [size, size], Space.Arena);
        Buffer Register(string name, Scalar kind) => new(name, kind, [], Space.Registers);
        var (product, pivot, aside, factor) = (Register("product", Scalar.F64), Register("pivot", Scalar.I64), Register("aside", Scalar.F64), Register("factor", Scalar.F64));

        Stmt Eliminate(Expr step)
        {
            Expr Candidate(Expr row) => Expr.Select(row < step, -1.0, Expr.Abs(rest[row, step]));
            var largest = Expr.Largest([size], row => Candidate(row[0]));
            var found = Expr.Reduce(ReduceKind.Min, [size], row => Expr.Select(Expr.Same(Candidate(row[0]), largest), row[0], size - 1));
            return Stmts.Do(
                pivot.Set([], found),
                Stmts.When(Expr.Not(Expr.Same(pivot[[]], step)), Stmts.Do(
                    Stmts.For("j", size, column => new Scratch(aside, Stmts.Do(
                        aside.Set([], rest[step, column]), rest.Set([step, column], rest[pivot[[]], column]), rest.Set([pivot[[]], column], aside[[]])))),
                    product.Set([], -product[[]]))),
                product.Set([], product[[]] * rest[step, step]),
                Stmts.When(Expr.Not(Expr.Same(rest[step, step], 0.0)), Stmts.For("i", size, row => Stmts.When(step < row, new Scratch(factor, Stmts.Do(
                    factor.Set([], rest[row, step] / rest[step, step]),
                    Stmts.For("j", size, column => rest.Set([row, column], rest[row, column] - factor[[]] * rest[step, column]))))))));
        }

        return Scattering.Over(x.Shape(0)[..^2], at => new Scratch(rest, new Scratch(product, new Scratch(pivot, Stmts.Do(
            Scattering.Over([size, size], place => rest.Set(place, x[0]([.. at, .. place]).As(Scalar.F64))),
            product.Set([], 1.0),
            Stmts.For("k", size, Eliminate),
            results[0].Set(at, product[[]].As(results[0].Scalar)))))));
    }

    public override IEnumerable<Example> Examples() =>
        [new(this, Operand.F32(4, 4)), new(this, Operand.F32(2, 3, 3, 3)), new(this, Operand.Constant(Scalar.F32, [2, 2], 0, 2, 3, 4)), new(this, Operand.Constant(Scalar.F32, [2, 2], 1, 2, 2, 4))];
}
