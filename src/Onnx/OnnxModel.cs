namespace Lathe.Onnx;

/// <summary>Reads ONNX models of every opset, weights left in the file, every problem of a model said at once.</summary>
public static class OnnxModel
{
    /// <param name="path">The model; external data is read from its folder only.</param>
    /// <param name="options">Dimensions to bind, inputs to make constants of.</param>
    /// <exception cref="DiagnosticException">The model cannot be compiled; it lists everything that is wrong with it.</exception>
    public static ImportResult Load(string path, ImportOptions? options = null)
    {
        var file = ModelFile.Read(path);
        return Import(file, options ?? new(), Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>A model that was made here.</summary>
    internal static ImportResult Import(Proto.ModelProto model, ImportOptions options) =>
        Import(new ModelFile(Bytes.Zeros(0), model, [], new Dictionary<Proto.TensorProto, Bytes>()), options, Path.GetFullPath("."));

    /// <summary>A part of a file.</summary>
    internal static ImportResult Import(ModelFile file, ImportOptions options, string folder)
    {
        var ranges = new Dictionary<string, (long Low, long High)>(StringComparer.Ordinal);
        var (result, sides) = Settled(file, options, folder);
        // What checks ask of one dimension is its range: sizes are simpler for it, and few checks are left.
        for (var round = 1; round < Ranges.MostRounds && Ranges.Narrower(result.Graph) is { Count: > 0 } narrower; round++)
        {
            foreach (var (name, range) in narrower) ranges[name] = range;
            result = Read(file, options, folder, ranges, sides);
        }
        return result;
    }

    /// <summary>The model with a side chosen of every branch that needs it.</summary>
    private static (ImportResult Result, Sides Sides) Settled(ModelFile file, ImportOptions options, string folder)
    {
        for (var sides = Sides.None; ;)
        {
            try { return (Read(file, options, folder, Ranges.None, sides), sides); }
            catch (OpenSideException e)
            {
                sides = sides.Decided(e.Open, tried =>
                {
                    try { return ([], Read(file, options, folder, Ranges.None, tried).Warnings.Count(w => w.Code == Faults.ContradictionCode)); }
                    catch (OpenSideException) { return ([], 0); } // as far as the next such branch
                    catch (DiagnosticException faulty) { return ([.. faulty.Diagnostics.Where(d => d.Severity == Severity.Error)], 0); }
                });
            }
        }
    }

    private static ImportResult Read(ModelFile file, ImportOptions options, string folder, IReadOnlyDictionary<string, (long Low, long High)> ranges, Sides sides)
    {
        var (model, graph, report) = (file.Model, file.Model.Graph, new Report());
        // Files of IR 1 and 2 are older than the list of opsets.
        if (model is { IrVersion: 1 or 2, OpsetImport.Count: 0 }) model.OpsetImport.Add(new Proto.OperatorSetIdProto { Version = 1 });
        var opsets = new Opsets(model.OpsetImport);
        report.Add(opsets.Check(model.IrVersion));

        var files = new ExternalFiles(folder);
        var tensors = new TensorReader(files, file.Places);
        var (values, given) = (new Dictionary<string, Value>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (name, read) in Weights(file, tensors))
        {
            if (name == "") report.Add(Faults.NoName("a weight"));
            else if (!given.TryAdd(name, "a weight")) report.Add(Faults.Duplicate(name, "a weight", "a weight"));
            else if (report.Try(read) is { } weight) values[name] = weight;
        }
        var inputs = InputReader.Read(model, given, options, ranges, report);
        foreach (var input in inputs) values[input.Name] = input;
        inputs.RemoveAll(input => input.IsWeight);

        var taken = given.Keys.Concat(graph.Node.SelectMany(n => n.Output)).ToList();
        var names = new Names(taken);
        var garbled = taken.Where(name => name.Contains('\uFFFD', StringComparison.Ordinal)).ToList();
        if (garbled.Count > 0) report.Add(Faults.NotUtf8(Names.Some(garbled)));
        var outputs = graph.Output.Select(o => o.Name).ToList();
        if (outputs.Count == 0) report.Add(Faults.NoOutputs());
        var nodes = NodeOrder.Sort(new FunctionInliner(model.Functions, names, report).Inline(graph.Node, opsets), given, outputs, report);
        NodeImport.CheckOperators(nodes, report);

        var builder = new GraphBuilder(graph.Name == "" ? "main" : graph.Name, inputs);
        var symbols = new Names(inputs.SelectMany(v => v.Type.Shape).OfType<Symbol>().Select(s => s.Name));
        var import = new Importing(values, names, symbols, tensors, report, model.Functions, options.Max, sides);
        var scope = new Scope(null);
        foreach (var name in values.Keys.Concat(nodes.SelectMany(n => n.Outputs))) scope[name] = name;
        var nodeImport = new NodeImport(builder, import, scope, 0);
        foreach (var node in nodes) nodeImport.Add(node);
        if (sides.Open is { } open && report.Errors == 0) throw new OpenSideException(open);
        foreach (var name in import.Unused) report.Add(Faults.UnknownMax(name, string.Join(", ", import.Late.Order(StringComparer.Ordinal))));
        DeclaredTypes.Compare(graph.ValueInfo.Concat(graph.Output), values, report);
        var returned = outputs.Select(nodeImport.Output).ToList();
        // A name that is made, and is no tensor, without anything that was said of it.
        if (report.Errors == 0) report.Add(outputs.Where((_, i) => returned[i] is null).Select(name => Faults.HostOnly(name, "the graph's output", "sequences or optional values")));
        report.Conclude();
        return new(builder.Return([.. returned.Select(value => value!)]), Info(file, opsets, files.Locations), report.Warnings);
    }

    private static IEnumerable<(string Name, Func<Value> Read)> Weights(ModelFile file, TensorReader tensors)
    {
        foreach (var tensor in file.Initializers) yield return (tensor.Name, () => tensors.Read(tensor, tensor.Name).AsWeight(tensor.Name));
        foreach (var sparse in file.Model.Graph.SparseInitializer)
        {
            var name = sparse.Values?.Name ?? "";
            yield return (name, () => tensors.Read(sparse, name).AsWeight(name));
        }
    }

    private static ModelInfo Info(ModelFile file, Opsets opsets, Seq<string> externalData)
    {
        var model = file.Model;
        return new(model.Graph.Name, model.ProducerName, model.ProducerVersion, model.Domain, model.ModelVersion, model.IrVersion, opsets.All,
            [.. model.MetadataProps.Concat(model.Graph.MetadataProps).Select(p => (p.Key, p.Value))],
            [.. new[] { model.DocString, model.Graph.DocString }.Where(d => d != "")], file.Contents, externalData);
    }
}
