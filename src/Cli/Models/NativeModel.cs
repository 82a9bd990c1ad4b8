using System.Diagnostics;
using Lathe.Runtime;

namespace Lathe.Cli;

/// <summary>An artifact, loaded and called through its C ABI.</summary>
internal sealed class NativeModel : RunnableModel
{
    private readonly Artifact artifact;

    /// <exception cref="ArtifactException">The file is no artifact that can be loaded here.</exception>
    public NativeModel(string library, int threads = 1, CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        artifact = Artifact.Open(library);
        LoadMilliseconds = watch.Elapsed.TotalMilliseconds;
        Host = new(threads, cancellation: cancellation);
        (Inputs, Outputs) = Signature(Contract);
    }

    /// <summary>What a contract says that a model takes and gives.</summary>
    public static (IReadOnlyList<Value> Inputs, IReadOnlyList<string> Outputs) Signature(Contract contract)
    {
        var symbols = contract.Dimensions.ToDictionary(d => d.Name, d => Symbol.Of(d.Name, d.Min, d.Max), StringComparer.Ordinal);
        return ([.. contract.Inputs.Select(t => new Value(t.Name, new TensorType([.. t.Shape.Select(Extent)], Kind(t))))], [.. contract.Outputs.Select(t => t.Name)]);

        Expr Extent(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : symbols[text];
    }

    /// <summary>What a run may ask for: threads, whether to go on.</summary>
    public Host Host { get; }

    /// <summary>From the file to an artifact ready to run.</summary>
    public double LoadMilliseconds { get; }

    public Contract Contract => artifact.Contract;
    public override IReadOnlyList<Value> Inputs { get; }
    public override IReadOnlyList<string> Outputs { get; }

    public override IReadOnlyList<Seq<string>> OutputShapes => ShapesOf(Contract);

    public override Tensor[] Run(IReadOnlyList<Tensor> inputs)
    {
        using var invocation = Bind(inputs);
        invocation.Run(Host);
        return [.. Contract.Outputs.Select((output, i) => new Tensor(Kind(output), [.. invocation.OutputShape(i)], Bytes.Of(invocation.Output<byte>(i))))];
    }

    /// <summary>An invocation at the inputs' dimensions, the inputs in place.</summary>
    /// <exception cref="DiagnosticException">LT50xx: the inputs do not fit.</exception>
    public Invocation Bind(IReadOnlyList<Tensor> inputs)
    {
        var symbols = Dimensions.Bind([.. Inputs], inputs, []);
        var invocation = new Invocation(artifact, [.. Contract.Dimensions.Select(d => symbols[d.Name])]);
        foreach (var (i, tensor) in inputs.Index()) tensor.Bytes.Span(0, (int)tensor.Kind.Bytes(tensor.Count)).CopyTo(invocation.Input<byte>(i));
        GC.KeepAlive(inputs);
        return invocation;
    }

    public override void Dispose()
    {
        Host.Dispose();
        artifact.Dispose();
    }

    public static Scalar Kind(ContractTensor tensor) => Scalars.Parse(tensor.Type) ?? throw new ArtifactException($"{tensor.Name} is of kind {tensor.Type}, which this tool does not know");
}
