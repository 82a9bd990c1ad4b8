namespace Lathe.Ir.Ops;

/// <summary>The plain recurrent cell: h' = f(x·W + h·R + biases). ONNX RNN, opset 22.</summary>
/// <param name="ActivationAlpha">As of <see cref="Recurrent"/>.</param>
/// <param name="ActivationBeta">As of <see cref="Recurrent"/>.</param>
/// <param name="Activations">f.</param>
/// <param name="Clip">As of <see cref="Recurrent"/>.</param>
/// <param name="Direction">As of <see cref="Recurrent"/>.</param>
/// <param name="HiddenSize">As of <see cref="Recurrent"/>.</param>
/// <param name="Layout">As of <see cref="Recurrent"/>.</param>
public sealed record RNN(Seq<float> ActivationAlpha = default, Seq<float> ActivationBeta = default, Seq<string> Activations = default, float? Clip = null, string Direction = "forward", long HiddenSize = 0, long Layout = 0)
    : Recurrent(ActivationAlpha, ActivationBeta, Activations, Clip, Direction, HiddenSize, Layout)
{
    protected override int Gates => 1;
    protected override Seq<string> Usual => ["Tanh"];

    protected override Stmt Step(RecurrentCell cell) => cell.Over(i => cell.Next.Set([i], cell.Activate(0, cell.Input(0, i) + cell.Weighted(0, i, cell.States[0]))));

    public override IEnumerable<Example> Examples() => [.. Cells(3, 5), .. (this with { Activations = ["Affine"], ActivationAlpha = [0.5f], ActivationBeta = [0.1f] }).Cells(2, 3).Take(1)];
}
