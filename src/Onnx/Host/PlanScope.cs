using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx.Host;

/// <summary>What is known before a run of the names in a graph, and in the graphs around it: types, and what stands in the model.</summary>
internal sealed class PlanScope(TensorReader tensors, PlanScope? around = null)
{
    private readonly Dictionary<string, HostType> types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HostType> declared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredTensor> weights = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OnnxNode> constants = new(StringComparer.Ordinal);

    public TensorReader Tensors => tensors;

    /// <summary>A scope for a graph inside.</summary>
    public PlanScope Inner() => new(tensors, this);

    public HostType? this[string name] => name == "" ? null : types.TryGetValue(name, out var type) ? type : around?[name];

    /// <summary>Notes a type; where it says nothing of kind or rank, the file's own counts.</summary>
    public void Set(string name, HostType type)
    {
        if (name != "") types[name] = type.Or(declared.GetValueOrDefault(name));
    }

    public void Declare(IEnumerable<ValueInfoProto> values)
    {
        foreach (var value in values) if (HostTypes.Of(value.Type) is { } type) declared[value.Name] = type;
    }

    public void Add(StoredTensor weight)
    {
        weights[weight.Name] = weight;
        types[weight.Name] = HostTypes.Of(new TypeProto { TensorType = new() { ElemType = weight.Header.DataType, Shape = Shape(weight.Header.Dims) } }) ?? throw new TypeException($"{weight.Name} is of no kind");
    }

    /// <summary>Notes a Constant.</summary>
    public void Add(OnnxNode constant)
    {
        constants[constant.Outputs[0]] = constant;
        types[constant.Outputs[0]] = HostConstants.Of(constant, tensors).Type;
    }

    /// <summary>Whether a name is of something that stands in the model, in this graph or one around it.</summary>
    public bool IsConstant(string name) => weights.ContainsKey(name) || constants.ContainsKey(name) || !types.ContainsKey(name) && around?.IsConstant(name) == true;

    public StoredTensor? Weight(string name) => weights.TryGetValue(name, out var weight) ? weight : types.ContainsKey(name) ? null : around?.Weight(name);

    public OnnxNode? Constant(string name) => constants.TryGetValue(name, out var constant) ? constant : types.ContainsKey(name) ? null : around?.Constant(name);

    public HostValue Value(string name) => Weight(name) is { } weight ? HostTensors.Of(tensors.Read(weight, name)) : HostConstants.Of(Constant(name)!, tensors);

    private static TensorShapeProto Shape(IEnumerable<long> dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return shape;
    }
}
