using System.Globalization;
using Lathe.Runtime.Hosting;

namespace Lathe.Runtime;

/// <summary>
/// What <c>lathe compile MODEL -o NAME.lathe</c> writes: a zip file of compiled parts, each a shared library, and a program that says what of the model
/// the host does around them. A model of numbers alone is one part. Opening a package loads its parts, which are native
/// code that runs with the rights of this process: open none that you would not run as a program. Any number of threads may run one package.
/// </summary>
public sealed class Package : IDisposable
{
    /// <summary>Names inside the file.</summary>
    public const string ProgramEntry = "program.json", PartsFolder = "parts/";

    /// <summary>The ending of its file.</summary>
    public const string Ending = ".lathe";

    /// <summary>The ending of a part's file of weights.</summary>
    public const string WeightsEnding = ".weights";

    private readonly DirectoryInfo folder;
    private readonly Dictionary<string, Artifact> parts = new(StringComparer.Ordinal);
    private readonly HostOperators operators;

    private Package(string path, HostOperators operators)
    {
        this.operators = operators;
        var name = Path.GetFileName(path);
        try
        {
            using var file = new PackageFile(path);
            Program = file.Program;
            folder = Directory.CreateTempSubdirectory("lathe-package-");
            foreach (var (part, library) in file.Unpack(folder.FullName)) parts.Add(part, Artifact.Open(library));
        }
        catch (Exception e)
        {
            Dispose();
            if (Fault(name, e) is { } fault) throw fault;
            throw;
        }
    }

    /// <summary>What a package cannot be opened for; null where that is no fault of its file.</summary>
    internal static ArtifactException? Fault(string name, Exception e) => e switch
    {
        InvalidDataException or HostException or ArgumentException => new($"{name} is no package: {e.Message}"),
        IOException or UnauthorizedAccessException or NotSupportedException => new($"{name} cannot be opened: {e.Message}"),
        _ => null,
    };

    /// <summary>What the host does, and what the model takes and gives.</summary>
    public HostProgram Program { get; }

    /// <param name="path">The file.</param>
    /// <param name="operators">Who runs the host's steps; null: <see cref="HostOperators.Standard"/>, which decodes no image files: ImageHosting.Operators of Lathe.Runtime.Images does.</param>
    /// <exception cref="ArtifactException">It is no package, or its parts are not for this machine.</exception>
    public static Package Open(string path, HostOperators? operators = null) =>
        File.Exists(path) ? new(path, operators ?? HostOperators.Standard) : throw new ArtifactException($"no package at {path}");

    /// <summary>Runs once.</summary>
    /// <param name="inputs">In the order of the program's inputs.</param>
    /// <param name="host">Services for compiled parts; null: on the calling thread alone.</param>
    /// <param name="cancellation">Ends the run before its next step of the host; inside a part, <paramref name="host"/> does.</param>
    /// <returns>In the order of the program's outputs.</returns>
    /// <exception cref="HostException">A value does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="ArtifactException">A part refused its run.</exception>
    public IReadOnlyList<HostValue> Run(IReadOnlyList<HostValue> inputs, Host? host = null, CancellationToken cancellation = default) => Program.Run(inputs, operators, (name, x) => Call(name, x, host), cancellation);

    /// <summary>Unloads the parts and removes what was unpacked; no run may be under way.</summary>
    public void Dispose()
    {
        foreach (var part in parts.Values) part.Dispose();
        parts.Clear();
        folder?.Refresh();
        if (folder is { Exists: true }) folder.Delete(recursive: true);
    }

    private IReadOnlyList<HostTensor> Call(string name, IReadOnlyList<HostTensor> x, Host? host)
    {
        var artifact = parts.TryGetValue(name, out var found) ? found : throw new HostException($"the package holds no part {name}");
        var contract = artifact.Contract;
        using var invocation = new Invocation(artifact, Dimensions(contract, x));
        foreach (var (i, tensor) in x.Index())
        {
            var shape = invocation.InputShape(i);
            var into = invocation.Input<byte>(i);
            // A shape may be an expression over dimensions; what is not written would be 0.
            if (!shape.SequenceEqual(tensor.Shape.AsSpan()) || into.Length != tensor.Bytes.Length)
                throw new HostException($"{contract.Inputs[i].Name} must be {contract.Inputs[i].Type}[{string.Join(", ", shape.ToArray())}] of {into.Length} bytes, it is {tensor.Kind} of {tensor.Bytes.Length}");
            tensor.Bytes.CopyTo(into);
        }
        invocation.Run(host);
        return [.. contract.Outputs.Select((output, i) => new HostTensor(output.Type, [.. invocation.OutputShape(i)], invocation.Output<byte>(i).ToArray()))];
    }

    /// <summary>The part's dimensions, as its inputs say them.</summary>
    private static long[] Dimensions(Contract contract, IReadOnlyList<HostTensor> x)
    {
        if (x.Count != contract.Inputs.Length) throw new HostException($"{contract.Name} takes {contract.Inputs.Length} tensors, {x.Count} are given");
        var known = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (input, tensor) in contract.Inputs.Zip(x))
        {
            if (input.Type != tensor.Element || input.Shape.Length != tensor.Shape.Length) throw new HostException($"{input.Name} must be {input.Type}[{string.Join(", ", input.Shape)}], it is {tensor.Kind}");
            foreach (var (dim, extent) in input.Shape.Zip(tensor.Shape))
            {
                var wanted = long.TryParse(dim, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : known.GetValueOrDefault(dim, extent);
                if (wanted != extent) throw new HostException($"{input.Name} must be {input.Type}[{string.Join(", ", input.Shape)}]{(number == 0 ? $" with {dim} = {wanted}" : "")}, it is {tensor.Kind}");
                if (number == 0) known[dim] = extent;
            }
        }
        foreach (var dim in contract.Dimensions)
            if (known.GetValueOrDefault(dim.Name, dim.Min) is var extent && (extent < dim.Min || extent > dim.Max)) throw new HostException($"{contract.Name}: {dim.Name} must be {dim.Min} to {dim.Max}, it is {extent}");
        return [.. contract.Dimensions.Select(d => known.GetValueOrDefault(d.Name, d.Min))];
    }
}
