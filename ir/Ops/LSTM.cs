namespace Lathe.Ir.Ops;

/// <summary>Long short-term memory: gates i, o, f of x and h; c' = f·c + i·g(…), h' = o·h(c'). ONNX LSTM, opset 22.</summary>
/// <param name="ActivationAlpha">As of <see cref="Recurrent"/>.</param>
/// <param name="ActivationBeta">As of <see cref="Recurrent"/>.</param>
/// <param name="Activations">f of the gates, g of the new memory, h of the memory.</param>
/// <param name="Clip">As of <see cref="Recurrent"/>.</param>
/// <param name="Direction">As of <see cref="Recurrent"/>.</param>
/// <param name="HiddenSize">As of <see cref="Recurrent"/>.</param>
/// <param name="InputForget">Whether the gate f is 1 - i.</param>
/// <param name="Layout">As of <see cref="Recurrent"/>.</param>
/// <remarks>
/// The weights hold the gates i, o, f and the new memory, in this order. Further operands: the first memory [D, B, H]; weights [D, 3 · H] with which
/// the gates i, o and f see the memory. A third result: the last memory [D, B, H].
/// </remarks>
public sealed record LSTM(Seq<float> ActivationAlpha = default, Seq<float> ActivationBeta = default, Seq<string> Activations = default, float? Clip = null, string Direction = "forward", long HiddenSize = 0, bool InputForget = false, long Layout = 0)
    : Recurrent(ActivationAlpha, ActivationBeta, Activations, Clip, Direction, HiddenSize, Layout)
{
    protected override int Gates => 4;
    protected override int States => 2;
    protected override Seq<string> Usual => ["Sigmoid", "Tanh", "Tanh"];

    public override Seq<TensorType> Infer(Operands x)
    {
        var types = base.Infer(x);
        if (x.Has(7)) x.Equal(x.Shape(7)[0], x.Shape(2)[0], $"directions of the weights {x.Type(7)} of the memory");
        if (x.Has(7)) x.Equal(x.Shape(7)[1], Linear.Simplify(x.Shape(2)[2] * 3), $"weights {x.Type(7)} of the memory for three gates of {x.Shape(2)[2]}");
        return types;
    }

    protected override Stmt Step(RecurrentCell cell)
    {
        var (h, c) = (cell.States[0], cell.States[1]);
        return cell.Over(i =>
        {
            Expr Seen(int gate, Expr sum) => cell.Further(7, Linear.Simplify(cell.Hidden * gate + i)) is { } weight ? sum + weight * c[i] : sum;
            Expr Gate(int gate) => cell.Activate(0, Seen(gate, cell.Input(gate, i) + cell.Weighted(gate, i, h)));
            var (admit, keep) = (cell.Register("admit"), cell.Register("keep"));
            var made = cell.Activate(1, cell.Input(3, i) + cell.Weighted(3, i, h));
            return new Scratch(admit, new Scratch(keep, Stmts.Do(
                admit.Set([], Gate(0)),
                keep.Set([], InputForget ? 1.0 - admit[[]] : Gate(2)),
                c.Set([i], keep[[]] * c[i] + admit[[]] * made),
                // The output gate sees the memory as it is now.
                cell.Next.Set([i], Gate(1) * cell.Activate(2, c[i])))));
        });
    }

    public override IEnumerable<Example> Examples() =>
    [
        .. Cells(3, 5),
        new(this with { InputForget = true }, Operand.F32(3, 2, 4), Operand.F32(1, 12, 4), Operand.F32(1, 12, 3), Operand.F32(1, 24), null, null, null, Operand.F32(1, 9)),
    ];
}
