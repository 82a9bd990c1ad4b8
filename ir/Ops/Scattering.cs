namespace Lathe.Ir.Ops;

/// <summary>Stores into a copy of a tensor, one after another, as the scattering operators share it.</summary>
internal static class Scattering
{
    /// <summary>Loops over every index of a shape.</summary>
    public static Stmt Over(Seq<Expr> shape, Func<Seq<Expr>, Stmt> body)
    {
        Seq<Axis> axes = [.. shape.Select((extent, i) => new Axis($"i{i}", extent))];
        return Stmts.Nest(LoopKind.For, axes, body([.. axes]));
    }

    /// <summary>Operand 0 as it is.</summary>
    public static Stmt Copy(Operands x, Buffer result) => Over(x.Shape(0), at => result.Set(at, x[0](at).As(result.Scalar)));

    /// <summary>Stores a number, or what becomes of the one that is there and it.</summary>
    public static Stmt Put(Buffer result, Seq<Expr> at, Expr number, string reduction)
    {
        var there = result[at].As(result.Scalar.Arithmetic);
        return result.Set(at, (reduction switch
        {
            "add" => there + number,
            "mul" => there * number,
            "max" => Expr.Max(there, number),
            "min" => Expr.Min(there, number),
            _ => number,
        }).As(result.Scalar));
    }

    /// <summary>Checks the name of a reduction.</summary>
    public static void Check(string reduction)
    {
        if (reduction is not ("none" or "add" or "mul" or "max" or "min")) throw new TypeException($"reduction must be none, add, mul, max or min, it is {reduction}");
    }
}
