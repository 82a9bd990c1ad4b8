namespace Lathe.Onnx;

/// <summary>Weights of the kind of the tokens.</summary>
internal sealed class WholeExperts(RaiseScope scope, Chain chain, string weights, string bias) : ExpertLayer(scope, chain, weights, bias)
{
    public override long Columns => Shape[2];

    protected override string Matrix(long expert) => Of(Weights, expert);
}
