using Lathe.Onnx.Proto;
using Lathe.Runtime.Hosting;

namespace Lathe.Onnx;

/// <summary>A model whose values no C ABI carries, such as text and sequences, run on the host: its own operators here, all others by the interpreter.</summary>
public sealed class HostModel
{
    private readonly ModelFile file;
    private readonly string folder;
    private readonly TensorReader tensors;

    private HostModel(ModelFile file, string folder) => (this.file, this.folder, tensors) = (file, folder, new(new ExternalFiles(folder), file.Places));

    /// <summary>Names of what a run takes, in the order of the file.</summary>
    public Seq<string> Inputs => [.. Listed.Select(i => i.Name)];

    public Seq<string> Outputs => [.. file.Model.Graph.Output.Select(o => o.Name)];

    /// <summary>Inputs that no weight stands for.</summary>
    private IEnumerable<ValueInfoProto> Listed => file.Model.Graph.Input.Where(i => file.Initializers.All(w => w.Name != i.Name));

    /// <exception cref="DiagnosticException">The file cannot be read as a model.</exception>
    public static HostModel Load(string path) => new(ModelFile.Read(path), Path.GetDirectoryName(Path.GetFullPath(path))!);

    /// <summary>Whether a value of the model is of a kind that no C ABI carries, or an operator makes such values.</summary>
    public bool IsNeeded
    {
        get
        {
            var graph = file.Model.Graph;
            return graph.Input.Concat(graph.Output).Any(v => v.Type is { } type && !IsNumbers(type))
                || file.Initializers.Any(w => ElementKinds.Of(w.Header.DataType) == Scalar.String) || Nodes(graph).Any(n => HostList.CarriedBy(Opsets.Domain(n.Domain), n.OpType) is not null);
        }
    }

    /// <summary>Reads an input or an expected output as the model declares it.</summary>
    /// <param name="name">Of an input or output.</param>
    /// <param name="path">A tensor, a sequence or an optional value in ONNX's form.</param>
    public HostValue Read(string name, string path) => HostFile.Read(path, HostTypes.Of(file.Model.Graph.Input.Concat(file.Model.Graph.Output).FirstOrDefault(v => v.Name == name)?.Type));

    /// <param name="inputs">One for each of <see cref="Inputs"/>.</param>
    /// <returns>One for each of <see cref="Outputs"/>.</returns>
    /// <exception cref="DiagnosticException">A step cannot be run.</exception>
    /// <exception cref="OperationCanceledException">It was asked to end: between two steps, rounds of a loop among them.</exception>
    public Seq<HostValue> Run(Seq<HostValue> inputs, CancellationToken cancellation = default)
    {
        var scope = new HostScope(file.Model, tensors, cancellation);
        foreach (var weight in file.Initializers) scope.Set(weight.Name, HostTensors.Of(tensors.Read(weight, weight.Name)));
        foreach (var (input, value) in Listed.Zip(inputs)) scope.Set(input.Name, value);
        scope.Run(file.Model.Graph.Node);
        return [.. Outputs.Select(name => scope[name] ?? throw new DiagnosticException(Faults.OutputNotMade(name, "")))];
    }

    /// <summary>The model as parts to compile and a program of the host around them; one part where all of it compiles.</summary>
    /// <param name="name">What the parts are called after.</param>
    /// <exception cref="DiagnosticException">Everything that is wrong with it.</exception>
    public HostedModel Split(string name, Seq<DimBinding> dims = default)
    {
        try { return HostedModel.Whole(name, OnnxModel.Import(file, new ImportOptions(dims), folder)); }
        catch (DiagnosticException) when (IsNeeded)
        {
            var report = new Report();
            var split = new Host.HostLowering(file, tensors, folder, dims, name, report).Lower();
            report.Conclude();
            return split;
        }
    }

    private static bool IsNumbers(TypeProto type) => type.ValueCase == TypeProto.ValueOneofCase.TensorType && ElementKinds.Of(type.TensorType.ElemType) != Scalar.String;

    private static IEnumerable<NodeProto> Nodes(GraphProto graph) => graph.Node.SelectMany(n => Subgraphs.Of(n.Attribute).SelectMany(Nodes).Prepend(n));
}
