namespace Lathe.Ir.Ops;

/// <summary>The gated recurrent unit: z and r of x and h, then h' = (1 - z)·g(x·W + (r·h)·R + biases) + z·h. ONNX GRU, opset 22.</summary>
/// <param name="ActivationAlpha">As of <see cref="Recurrent"/>.</param>
/// <param name="ActivationBeta">As of <see cref="Recurrent"/>.</param>
/// <param name="Activations">f of the gates, g of the new state.</param>
/// <param name="Clip">As of <see cref="Recurrent"/>.</param>
/// <param name="Direction">As of <see cref="Recurrent"/>.</param>
/// <param name="HiddenSize">As of <see cref="Recurrent"/>.</param>
/// <param name="Layout">As of <see cref="Recurrent"/>.</param>
/// <param name="LinearBeforeReset">Whether r multiplies h·R and its bias, else h.</param>
/// <remarks>The weights hold the gates z, r and the new state, in this order.</remarks>
public sealed record GRU(Seq<float> ActivationAlpha = default, Seq<float> ActivationBeta = default, Seq<string> Activations = default, float? Clip = null, string Direction = "forward", long HiddenSize = 0, long Layout = 0, bool LinearBeforeReset = false)
    : Recurrent(ActivationAlpha, ActivationBeta, Activations, Clip, Direction, HiddenSize, Layout)
{
    protected override int Gates => 3;
    protected override Seq<string> Usual => ["Sigmoid", "Tanh"];

    protected override Stmt Step(RecurrentCell cell)
    {
        var h = cell.States[0];
        Expr Gate(int gate, Expr i) => cell.Activate(0, cell.Input(gate, i) + cell.Weighted(gate, i, h));
        Stmt Next(Expr i, Expr update, Expr candidate) => cell.Next.Set([i], (1.0 - update) * cell.Activate(1, candidate) + update * h[i]);
        if (LinearBeforeReset)
        {
            // Every sum is of the last state: one loop makes all three.
            var (z, r) = (cell.Register("update"), cell.Register("reset"));
            return cell.Over(i => new Scratch(z, new Scratch(r, Stmts.Do(z.Set([], Gate(0, i)), r.Set([], Gate(1, i)),
                Next(i, z[[]], cell.Input(2, i, withStateBias: false) + r[[]] * (cell.Weighted(2, i, h) + cell.StateBias(2, i)))))));
        }
        var (update, reset) = (cell.Vector("update"), cell.Vector("reset"));
        var gates = cell.Over(i => Stmts.Do(update.Set([i], Gate(0, i)), reset.Set([i], Gate(1, i) * h[i])));
        return new Scratch(update, new Scratch(reset, Stmts.Do(gates, cell.Over(i => Next(i, update[i], cell.Input(2, i) + cell.Weighted(2, i, reset))))));
    }

    public override IEnumerable<Example> Examples() => [.. Cells(3, 5), .. (this with { LinearBeforeReset = true }).Cells(2, 3)];
}
