using Google.Protobuf;
using Lathe.Ir;
using Lathe.Onnx.Proto;

namespace Lathe.Fuzz;

/// <summary>A model with a few of its parts exchanged, dropped, doubled or set to numbers that nobody means. The same for the same seed.</summary>
internal sealed class SpoiledModel
{
    private static readonly long[] Extremes = [0, 1, -1, 2, 3, 7, 1000, int.MaxValue, int.MinValue, 1L << 40, long.MaxValue, long.MinValue];

    private static readonly float[] Odd = [0, -1, float.NaN, float.PositiveInfinity, 1e30f];

    private readonly RandomNumbers random;
    private readonly ModelProto model;
    private readonly Seq<Func<bool>> ways;

    public SpoiledModel(byte[] contents, ulong seed)
    {
        (model, random) = (ModelProto.Parser.ParseFrom(contents), new(seed));
        ways = [OtherOperator, OtherOperand, OperandDropped, OperandsExchanged, AttributeNumber, AttributeDropped, AttributeGiven, Extent, WeightExtent, WeightKind, WeightNumbers, NodeDropped, NodeDoubled, Opset];
        var changes = 1 + Below(3);
        for (var tries = 0; changes > 0 && tries < 50; tries++) if (ways[Below(ways.Count)]()) changes--;
    }

    public byte[] Contents => model.ToByteArray();

    private IList<NodeProto> Nodes => model.Graph.Node;

    private bool OtherOperator() => On(Nodes, node => node.OpType = Of(Operators.All.Select(t => t.Name).ToList()));

    private bool OtherOperand() => On(Nodes, node => At(node.Input, place => node.Input[place] = Of(Names())));

    private bool OperandDropped() => On(Nodes, node => At(node.Input, place => node.Input.RemoveAt(place)));

    private bool OperandsExchanged() => On(Nodes, node => At(node.Input, place => (node.Input[0], node.Input[place]) = (node.Input[place], node.Input[0])));

    private bool AttributeNumber() => On(Nodes, node => On(node.Attribute, attribute =>
    {
        if (attribute.Ints.Count > 0) At(attribute.Ints, place => attribute.Ints[place] = Of(Extremes));
        else if (attribute.Floats.Count > 0) At(attribute.Floats, place => attribute.Floats[place] = Of(Odd));
        else if (attribute.F != 0) attribute.F = Of(Odd);
        else attribute.I = Of(Extremes);
    }));

    private bool AttributeDropped() => On(Nodes, node => On(node.Attribute, attribute => node.Attribute.Remove(attribute)));

    /// <summary>An attribute of one node given to another.</summary>
    private bool AttributeGiven() => On(Nodes, from => On(from.Attribute, attribute => On(Nodes, to => to.Attribute.Add(attribute.Clone()))));

    private bool Extent() => On(model.Graph.Input, input => On(input.Type?.TensorType?.Shape?.Dim ?? [], dim => dim.DimValue = Of(Extremes)));

    private bool WeightExtent() => On(model.Graph.Initializer, tensor => At(tensor.Dims, place => tensor.Dims[place] = Of(Extremes)));

    private bool WeightKind() => On(model.Graph.Initializer, tensor => tensor.DataType = Below(30));

    /// <summary>Numbers of a weight: shapes, axes and counts among them.</summary>
    private bool WeightNumbers() => On(model.Graph.Initializer, tensor =>
    {
        if (tensor.RawData.Length >= 8)
        {
            var bytes = tensor.RawData.ToByteArray();
            BitConverter.TryWriteBytes(bytes.AsSpan(8 * Below(bytes.Length / 8)), Of(Extremes));
            tensor.RawData = ByteString.CopyFrom(bytes);
        }
        else At(tensor.Int64Data, place => tensor.Int64Data[place] = Of(Extremes));
    });

    private bool NodeDropped() => On(Nodes, node => Nodes.Remove(node));

    private bool NodeDoubled() => On(Nodes, node => Nodes.Insert(Below(Nodes.Count), node.Clone()));

    private bool Opset() => On(model.OpsetImport, opset => opset.Version = Below(2) == 0 ? Of(Extremes) : 1 + Below(28));

    private List<string> Names() => [.. Nodes.SelectMany(n => n.Output).Concat(model.Graph.Initializer.Select(t => t.Name)).Concat(model.Graph.Input.Select(i => i.Name)).Append("").Append("nobody")];

    private bool On<T>(IList<T> all, Action<T> change) where T : class
    {
        if (all.Count == 0) return false;
        change(Of(all));
        return true;
    }

    private bool At<T>(IList<T> all, Action<int> change)
    {
        if (all.Count == 0) return false;
        change(Below(all.Count));
        return true;
    }

    private T Of<T>(IList<T> all) => all[Below(all.Count)];

    private int Below(int count) => (int)(random.Next() % (ulong)count);
}
