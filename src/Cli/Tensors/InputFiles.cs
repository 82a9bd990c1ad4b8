using Lathe.Onnx;

namespace Lathe.Cli;

/// <summary>The inputs of a run, from files or at random.</summary>
internal static class InputFiles
{
    /// <summary>A tensor for every input, in the model's order.</summary>
    /// <param name="files">None: all inputs are random.</param>
    /// <param name="dims">Extents of random inputs, where they are open.</param>
    /// <exception cref="DiagnosticException">Everything that is wrong: files that cannot be read, inputs that are missing.</exception>
    public static Tensor[] Read(IReadOnlyList<Value> inputs, Seq<NamedFile> files, ImageOptions images, int seed, Seq<DimBinding> dims)
    {
        if (files.Count == 0)
        {
            var dimensions = RandomTensor.Dimensions(inputs, dims);
            return [.. inputs.Select(v => RandomTensor.Of(v, dimensions, seed))];
        }
        var (problems, given) = (new List<Diagnostic>(), new Dictionary<Value, Tensor>());
        foreach (var file in files)
        {
            try
            {
                foreach (var (input, tensor) in Read(inputs, file, images))
                    if (!given.TryAdd(input, tensor)) throw InputFault.Twice(input.Name);
            }
            catch (DiagnosticException e) { problems.AddRange(e.Diagnostics.Select(d => d.Where != "" || file.Name == "" ? d : d with { Where = file.Name })); }
        }
        if (problems.Count == 0) problems.AddRange(inputs.Where(v => !given.ContainsKey(v)).Select(InputFault.Missing));
        return problems.Count == 0 ? [.. inputs.Select(v => given[v])] : throw new DiagnosticException([.. problems]);
    }

    private static IEnumerable<(Value, Tensor)> Read(IReadOnlyList<Value> inputs, NamedFile file, ImageOptions images)
    {
        IReadOnlyList<Value> wanted = file.Name == "" ? inputs : [inputs.FirstOrDefault(v => v.Name == file.Name) ?? throw InputFault.Unknown(file.Name, [.. inputs.Select(v => v.Name)])];
        return TensorFormat.Of(file.Path).Read(file.Path, wanted, images);
    }
}
