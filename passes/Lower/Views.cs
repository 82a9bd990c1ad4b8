using Lathe.Ir;

namespace Lathe.Passes;

/// <summary>Finds kernels that move nothing: a reshape of a dense tensor stores every number where it lies already.</summary>
public static class Views
{
    /// <summary>The buffer that the kernel's only output repeats byte for byte; null where it computes or moves anything.</summary>
    public static Buffer? Source(Kernel kernel)
    {
        if (kernel.Outputs is not [var output]) return null;
        var (axes, body) = (new List<Axis>(), kernel.Body);
        for (; body is Loop l; body = l.Body) axes.Add(l.Axis);
        if (body is not Store { Value: Load { Outside: null } load } store || store.Buffer != output || load.Buffer.Space != Space.Argument || load.Buffer.Scalar != output.Scalar) return null;
        if (output.Scalar.Bits < 8 || !Linear.ProvesEqual(load.Buffer.Size, output.Size)) return null;
        return Same(load.Buffer.Flat(load.At), output.Flat(store.At)) ? load.Buffer : null;
    }

    /// <summary>Whether two indices are equal: remainders are written as what a division leaves, and divisions of divisions as one.</summary>
    public static bool Same(Expr a, Expr b) => Linear.ProvesEqual(a, b) || Linear.ProvesEqual(Divisions(a), Divisions(b));

    private static Expr Divisions(Expr e) => e.Replace(part => part switch
    {
        Binary { Operator: Operator.Modulo, B: Number { Integer: > 0 } d } m when Divisions(m.A) is var x => x - Quotient(x, d.Integer) * d,
        Binary { Operator: Operator.Divide, B: Number { Integer: > 0 } d } q => Quotient(Divisions(q.A), d.Integer),
        _ => null,
    });

    private static Expr Quotient(Expr x, long divisor)
    {
        x = Linear.Simplify(x);
        return x is Binary { Operator: Operator.Divide, B: Number { Integer: > 0 } inner } q ? Linear.Simplify(q.A / checked(inner.Integer * divisor)) : Linear.Simplify(x / divisor);
    }
}
