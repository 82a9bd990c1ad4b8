namespace Lathe.Onnx;

/// <summary>RNN, GRU and LSTM up to opset 6: output_sequence says that the sequence is wanted, as its name says now.</summary>
internal sealed class RecurrentOutput : Raise
{
    public override Seq<string> Operators => ["GRU", "LSTM", "RNN"];
    public override long Last => 6;

    public override IEnumerable<OnnxNode> Apply(OnnxNode node, RaiseScope scope) => [Newer(node.Without("output_sequence"))];
}
